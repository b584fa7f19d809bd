/** The name and version of the package, by which OpenTelemetry tells whose metrics they are. A test compares them with package.json. */
export const PACKAGE_NAME = 'nestjs-propelauth';
export const PACKAGE_VERSION = '0.1.0';
