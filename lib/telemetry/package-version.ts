/** The name and version of the package, with which OpenTelemetry labels its metrics. A test compares them with package.json. */
export const PACKAGE_NAME = 'nestjs-propelauth';
export const PACKAGE_VERSION = '0.1.0';
