import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';

const SCRIPT = resolve('scripts/english.mjs');

/** Runs the lint in a folder with these files. */
function lint(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'english-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n').filter(Boolean) };
}

const CLEAN = [
  'The application fails to start: authUrl is missing.',
  'The route returns 401 for unauthenticated requests, and the connection was refused.',
  'Every rule passes, and personal data stays where it is.',
  'There is none. As of version 12, one of the rules applies.',
];

/** A text with each idiom, and a part of what to write instead. */
const IDIOMS = [
  ['An unknown option stops the start.', 'startup fails'],
  ['An unknown option fails the start.', 'startup fails'],
  ['A missing token is answered with a 401.', 'returns 401'],
  ['The guard answers with 401.', 'returns 401'],
  ['Find the mistake by what one sees.', 'by symptom'],
  ['It works whichever way you import it.', 'rewrite'],
  ['The guard runs whatever becomes of the method.', 'regardless'],
  ['The fake stands in for PropelAuth.', 'replaces'],
  ['The fake is there in the place of PropelAuth.', 'replaces'],
  ['The fake takes the place of PropelAuth.', 'replaces'],
  ['The token stands behind `Bearer`.', 'follows'],
  ['The rule and the failure thereof.', 'rewrite'],
  ['A list of rules, all of which apply.', 'rewrite'],
  ['Strangers get 401.', 'users; callers'],
  ['The same for people and scripts.', 'users; callers'],
  ['A person signs in.', 'users; callers'],
  ['Nobody may call it.', 'no caller'],
  ['The rule still holds.', 'passes / fails'],
  ['The strictest holds.', 'applies'],
  ['The token is refused.', 'rejected'],
  ['This is who may what.', 'who may call what'],
  ['The listener is told of each change.', 'is called for'],
  ['The log says so.', 'name the message'],
  ['It fails without a word.', 'silently'],
  ['The innermost level that has a word decides.', 'access decorator'],
  ['With options that are at hand.', 'available'],
  ['A cached look-up.', 'cache lookup'],
  ['The call is allowed all the same.', 'still'],
  ['The audit goes by the rules.', 'uses'],
  ['This value is none.', 'is not one'],
  ['Only a plain string will do.', 'is accepted'],
] as const;

const COMMENTS_AND_MESSAGES: Record<string, string> = {
  'a comment': '/** It stops\n * the start. */\nexport const a = 1;\n',
  'a comment after code': 'export const a = 1; // It stops the start.\n',
  'a text of several parts': "export const a = 'It stops ' +\n  'the start.';\n",
  'a template': 'export const a = (b: string) => `${b}: it stops the start`;\n',
  'a text inside of a template':
    "export const a = (b: boolean) => `${b ? 'it stops the start' : ''}`;\n",
};

describe('npm run lint:english', () => {
  let found: ReturnType<typeof lint>;

  beforeAll(() => {
    const texts = IDIOMS.map(([text]) => text);
    found = lint({
      'README.md': texts.join('\n'),
      'docs/recipes/page.md': texts.map((text) => text.replace(/ (?=[^ ]+$)/, '\n')).join('\n'),
      'lib/message.ts': texts.map((text) => `throw '${text}';`).join('\n'),
      'lib/unit.spec.ts': texts.map((text) => `it.each([1])('${text}', () => {});`).join('\n'),
      'test/script.test.ts': texts.map((text) => `void test('${text}', () => {});`).join('\n'),
    });
  });

  it('fails', () => {
    expect(found.status).toBe(1);
  });

  it.each(IDIOMS.map(([text, replacement], index) => [text, replacement, index + 1] as const))(
    'reports "%s" in pages, messages and test names',
    (_, replacement, line) => {
      for (const file of [
        'README.md',
        'lib/message.ts',
        'lib/unit.spec.ts',
        'test/script.test.ts',
      ]) {
        const lines = found.lines.filter((text) => text.startsWith(`${file}:${line}: `));
        expect(lines).toEqual([expect.stringContaining(replacement)]);
      }
    },
  );

  it('reports idioms across line breaks', () => {
    const ofPage = found.lines.filter((line) => line.startsWith('docs/recipes/page.md:'));
    expect(ofPage).toHaveLength(IDIOMS.length);
  });

  it('reports idioms in all kinds of comments and messages, including those of examples, schematics and scripts', () => {
    const texts = Object.values(COMMENTS_AND_MESSAGES);
    const { lines } = lint(
      Object.fromEntries(
        texts.flatMap((text, index) => [
          [`lib/${index}.ts`, text],
          [`examples/one/src/${index}.ts`, text],
          [`schematics/one/${index}.ts`, text],
          [`scripts/${index}.mjs`, text.replace(/\((b): \w+\)/, '($1)')],
        ]),
      ),
    );
    expect(lines).toHaveLength(4 * texts.length);
  });

  it('accepts plain English', () => {
    const text = CLEAN.join('\n');
    expect(
      lint({
        'README.md': text,
        'lib/a.ts': `/* ${text} */\nexport const a = \`${text}\`;\n`,
        'lib/a.spec.ts': `it(\`${text}\`, () => {});\n`,
      }),
    ).toEqual({ status: 0, lines: [] });
  });

  it('ignores code, link targets, and names in the code', () => {
    expect(
      lint({
        'README.md':
          'Look at [the file](docs/nobody.md), `nobody` and\n\n```ts\n// nobody\n```\n\n  ```bash\n  echo nobody\n  ```\n',
        'lib/a.ts':
          "import './strangers here.js';\n/**\n * Returns `nobody`, see {@link nobody}.\n * @example\n * ```ts\n * nobody();\n * ```\n */\nexport const nobody = 'nobody';\n",
        'lib/a.spec.ts': "// nobody\nit('is plain', () => expect('nobody is here').toBe(1));\n",
        'node_modules/a/README.md': 'nobody',
        'examples/one/node_modules/a/README.md': 'nobody',
        // The reference is made of comments, which are read in the code, and may be made meanwhile.
        'docs/api/index/functions/a.md': 'nobody',
      }),
    ).toEqual({ status: 0, lines: [] });
  });

  it('rejects the name of an internal type in prose, but accepts it in comments', () => {
    const text = 'The refusal is the error.';
    expect(lint({ 'lib/a.ts': `/** ${text} */\nexport const a = 1;\n` }).status).toBe(0);
    expect(lint({ 'docs/a.md': text }).status).toBe(1);
  });
});
