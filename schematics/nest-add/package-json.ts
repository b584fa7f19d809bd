import type { Project } from './project.js';

export interface PackageJson {
  readonly name?: string;
  readonly type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** All packages that the project names, with their versions. */
export function packagesOf({ dependencies, devDependencies }: PackageJson): Record<string, string> {
  return { ...devDependencies, ...dependencies };
}

/** Adds the packages that the project lacks, in the newest versions that work in it, and the emulator. Returns their names. */
export function addPackages(
  packageJson: PackageJson,
  { swagger, webhooks }: { swagger: boolean; webhooks: boolean },
): string[] {
  const present = packagesOf(packageJson);
  const isNest11 = /^\D*11\b/.test(present['@nestjs/common'] ?? '');
  const isFastify = '@nestjs/platform-fastify' in present;
  const packages = {
    ...(swagger && { '@nestjs/swagger': isNest11 ? '^11.0.0' : '^12.0.0' }),
    ...(swagger && isFastify && { '@fastify/static': isNest11 ? '^9.0.0' : '^10.0.0' }),
    // Jest cannot load an ES module in a CommonJS application.
    ...(webhooks && { svix: packageJson.type === 'module' ? '^2.0.0' : '^1.99.1' }),
  };
  const isMissing = ([name]: [string, string]) => !(name in present);
  const missing = Object.entries(packages).filter(isMissing);
  const missingForDevelopment = Object.entries({
    'propelauth-emulator': emulatorRange(present['nestjs-propelauth']),
  }).filter(isMissing);
  packageJson.dependencies = withPackages(packageJson.dependencies, missing);
  packageJson.devDependencies = withPackages(packageJson.devDependencies, missingForDevelopment);
  return [...missing, ...missingForDevelopment].map(([name]) => name);
}

/** The same versions as of this package: both are released together. */
function emulatorRange(range = ''): string {
  return /^[~^]?\d/.test(range) ? range : '*';
}

function withPackages(
  packages: Record<string, string> = {},
  added: readonly [string, string][],
): Record<string, string> {
  const all = [...Object.entries(packages), ...added];
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function writePackageJson({ files, packageJson }: Project): void {
  const [, indentation = '  '] = /^\{\n([ \t]+)/.exec(files.read('package.json')) ?? [];
  files.overwrite('package.json', `${JSON.stringify(packageJson, null, indentation)}\n`);
}
