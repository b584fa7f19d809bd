import type { Draft } from './draft.js';
import { BYTE_ORDER_MARK, packagesOf } from './project.js';
import type { PackageJson, Project } from './project.js';

/** Adds a script to package.json, unless there is one of this name. Returns whether that is another one. */
export function addScript(draft: Draft, name: string, command: string): boolean {
  let existingCommand: string | undefined;
  change(draft, (packageJson) => {
    existingCommand = packageJson.scripts?.[name];
    if (existingCommand !== undefined) return;
    const scripts = Object.entries(packageJson.scripts ?? {});
    // After the other scripts of its kind.
    const [kind] = name.split(':');
    const last = scripts.findLastIndex(([existing]) => existing.split(':')[0] === kind);
    scripts.splice(last === -1 ? scripts.length : last + 1, 0, [name, command]);
    packageJson.scripts = Object.fromEntries(scripts);
  });
  return existingCommand !== undefined && existingCommand !== command;
}

/** Adds packages that the project lacks. Returns those. */
export function addPackages(draft: Draft, names: readonly string[], project: Project): string[] {
  const present = packagesOf(project.packageJson);
  const missing = names.filter((name) => !(name in present));
  if (missing.length === 0) return [];
  change(draft, (packageJson) => {
    const added = missing.map((name): [string, string] => [name, versionOf(name, project)]);
    const all = [...Object.entries(packageJson.dependencies ?? {}), ...added];
    packageJson.dependencies = Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  return missing;
}

/** The newest version that works in the project. */
function versionOf(name: string, { packageJson }: Project): string {
  const isNest11 = /^\D*11\b/.test(packagesOf(packageJson)['@nestjs/common'] ?? '');
  const versions: Record<string, string> = {
    '@nestjs/swagger': isNest11 ? '^11.0.0' : '^12.0.0',
    '@fastify/static': isNest11 ? '^9.0.0' : '^10.0.0',
    // Jest cannot load an ES module in a CommonJS application.
    svix: packageJson.type === 'module' ? '^2.0.0' : '^1.99.1',
  };
  return versions[name]!;
}

function change(draft: Draft, edit: (packageJson: PackageJson) => void): void {
  const text = draft.read('package.json')!;
  const [mark = ''] = BYTE_ORDER_MARK.exec(text) ?? [];
  const packageJson = JSON.parse(text.slice(mark.length)) as PackageJson;
  const before = JSON.stringify(packageJson);
  edit(packageJson);
  if (JSON.stringify(packageJson) === before) return;
  const indentation = /^\uFEFF?\{\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  const end = text.endsWith('\n') ? '\n' : '';
  draft.write('package.json', mark + JSON.stringify(packageJson, null, indentation) + end);
}
