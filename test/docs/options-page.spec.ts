import { readFileSync } from 'node:fs';
import { chapterOf, codesIn, rowsOf } from '../support/markdown-tables.js';

const page = readFileSync('docs/options.md', 'utf8');

/** The properties of an interface, without those that it inherits. */
function propertiesOf(name: string, file: string): string[] {
  const [, body = ''] =
    new RegExp(`interface ${name} [^{]*\\{\\n(.*?)^\\}`, 'ms').exec(readFileSync(file, 'utf8')) ??
    [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, property = '']) => property);
}

const namesIn = (text: string) => rowsOf(text).flatMap(([first = '']) => codesIn(first));

describe('The page about options', () => {
  it('lists every option of the module once', () => {
    const options = [
      ...propertiesOf(
        'PropelAuthModuleOptions',
        'lib/options/propel-auth-module-options.interface.ts',
      ),
      ...propertiesOf('PropelAuthModuleExtras', 'lib/module/propel-auth.module-definition.ts'),
    ];
    expect(options.length).toBeGreaterThan(20);
    const [beforePlugins = ''] = page.split('\n## Plugins\n');
    expect(namesIn(beforePlugins).toSorted()).toEqual(options.toSorted());
  });

  it('lists every option of the MCP server', () => {
    const options = propertiesOf('McpOptions', 'lib/mcp/mcp-options.ts');
    expect(options.length).toBeGreaterThan(3);
    expect(namesIn(chapterOf(page, 'Options of the MCP server'))).toEqual(options);
  });
});
