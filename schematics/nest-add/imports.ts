/** The last line of each import. */
const LAST_LINE = /^(?:import\b|\} from\b).*['"].*$/gm;

/** The declaration that imports a name, with all its names and the module. */
export function importOf(name: string): RegExp {
  return new RegExp(`^import \\{([^}]*\\b${name}\\b[^}]*)\\} from ['"]([^'"]+)['"];?`, 'm');
}

/** Inserts lines after the last import, or after the last one whose last line passes the test. */
function insertAfterImports(text: string, lines: string, test = /^/): string {
  const imports = [...text.matchAll(LAST_LINE)];
  const last = imports.findLast(([line]) => test.test(line)) ?? imports.at(-1);
  if (last === undefined) return `${lines}\n${text}`;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}\n${lines}${text.slice(end)}`;
}

/** Imports a name, together with others of its module or after the last package or file. */
export function addImport(text: string, name: string, module: string): string {
  if (importOf(name).test(text)) return text;
  const ofModule = new RegExp(`^(import \\{ .*) \\} from '${module}'`, 'm');
  if (ofModule.test(text)) return text.replace(ofModule, `$1, ${name} } from '${module}'`);
  const ofItsKind = module.startsWith('.') ? /^[^'"]*['"]\./ : /^[^'"]*['"][^.]/;
  return insertAfterImports(text, `import { ${name} } from '${module}';`, ofItsKind);
}
