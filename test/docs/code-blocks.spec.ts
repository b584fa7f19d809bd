import { existsSync } from 'node:fs';
import { compile, isExcerpt, readCodeBlocks } from '../support/code-blocks.js';
import { EXAMPLES } from '../support/example-folders.js';
import { findBrokenLinks } from '../support/links.js';
import { allPages } from '../support/pages.js';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'sample-app/README.md',
  'bench/README.md',
  'examples/README.md',
  ...EXAMPLES.map((example) => `examples/${example}/README.md`),
  'docs/index.md',
  ...allPages.map((page) => `docs/${page}`),
];

/**
 * The languages of code blocks, and where they may be. example-excerpts.spec.ts compares excerpts of any language; test/recipes/ runs SQL and schemas of Prisma, deployment.spec.ts reads the
 * Dockerfile and YAML.
 */
const CHECKED_IN: Record<string, RegExp> = {
  ts: /./,
  json: /./,
  bash: /./,
  text: /./,
  sql: /^docs\/recipes\//,
  prisma: /^docs\/recipes\//,
  dockerfile: /^docs\/deploy\.md/,
  yaml: /^docs\/deploy\.md/,
};

/** The pages that show text, such as messages, and the spec that compares it with what is printed. */
const TEXT_CHECKED_BY: Record<string, string> = {
  'docs/access-matrix.md': 'test/testing/access-matrix/documented-output.spec.ts',
  'docs/account.md': 'test/docs/printed-messages.spec.ts',
  'docs/ai-assistants.md': 'test/docs/assistants.spec.ts',
  'docs/api-keys.md': 'test/docs/printed-messages.spec.ts',
  'docs/contributing/architecture.md': 'test/docs/architecture.spec.ts',
  'docs/emulator.md': 'test/docs/start-messages.spec.ts',
  'docs/getting-started.md': 'test/docs/start-messages.spec.ts',
  'docs/live-access-instances.md': 'test/live-access/shared-changes.spec.ts',
  'docs/organizations.md': 'test/docs/printed-messages.spec.ts',
  'docs/own-callers.md': 'test/docs/printed-messages.spec.ts',
  'docs/startup-checks.md': 'test/startup/printed-messages.spec.ts',
  'docs/step-up-and-impersonation.md': 'test/docs/printed-messages.spec.ts',
  'docs/troubleshooting-setup.md': 'test/startup/printed-messages.spec.ts',
  'docs/telemetry.md': 'test/telemetry/prometheus.spec.ts',
  'docs/troubleshooting.md': 'test/decision/decision-events.spec.ts',
};

/** Recipes are compiled where they are tested, in an application that has what they import. */
function isOfRecipe(name: string): boolean {
  return name.startsWith('docs/recipes/');
}

describe('The documentation', () => {
  const blocks = documents.flatMap(readCodeBlocks);

  it('shows TypeScript that compiles against the package', () => {
    const typescript = blocks.filter(
      (block) => block.language === 'ts' && !isOfRecipe(block.name) && !isExcerpt(block),
    );
    expect(typescript.length).toBeGreaterThan(10);
    expect(compile(typescript)).toEqual({});
  });

  it('imports every name from another module', () => {
    const code = '@Controller() export class ReportsController {}\n';
    expect(compile([{ name: 'written:1', language: 'ts', code }])).toEqual({
      'written:1': ["Cannot find name 'Controller'."],
    });
  });

  it('compiles each block of a code group, even with the same file name', () => {
    const code = '// src/main.ts\nexport const adapter: string = 1;\n';
    const variants = ['Express', 'Fastify'].map((label, index) => ({
      name: `written:${index}`,
      language: 'ts',
      label,
      code,
    }));
    const complaint = ["Type 'number' is not assignable to type 'string'."];
    expect(compile(variants)).toEqual({ 'written:0': complaint, 'written:1': complaint });
  });

  it('shows JSON that is valid', () => {
    const json = blocks.filter(({ language }) => language === 'json');
    expect(() => json.map(({ code }) => JSON.parse(code) as unknown)).not.toThrow();
  });

  it('links only to files and headings that exist', () => {
    expect(documents.flatMap(findBrokenLinks)).toEqual([]);
  });

  it('has code blocks only in languages that a test checks', () => {
    const unchecked = blocks.filter(
      (block) => !isExcerpt(block) && CHECKED_IN[block.language]?.test(block.name) !== true,
    );
    expect(unchecked).toEqual([]);
    const texts = blocks.filter(({ language }) => language === 'text');
    const pages = new Set(texts.map(({ name }) => name.split(':')[0]));
    expect(pages).toEqual(new Set(Object.keys(TEXT_CHECKED_BY)));
    expect(Object.values(TEXT_CHECKED_BY).filter((spec) => !existsSync(spec))).toEqual([]);
  });
});
