import { readFileSync } from 'node:fs';
import { anchorOf } from '../../docs/.vitepress/repository.js';
import { REJECTIONS } from '../../lib/rejections/rejection-table.js';
import { failuresByDecorator, type Failure } from '../support/decorator-failures.js';
import { readCodeBlocks } from '../support/code-blocks.js';
import { readDecorators } from '../support/decorator-signatures.js';
import { chapterOf, rowsOf } from '../support/markdown-tables.js';
import { allPages } from '../support/pages.js';

const decorators = readDecorators();
const names = decorators.map(({ name }) => name);
const page = readFileSync('docs/decorators.md', 'utf8');

const accessRows = rowsOf(chapterOf(page, 'Access decorators'));
const parameterRows = rowsOf(chapterOf(page, 'Parameter decorators'));

/** Reasons that depend on more than the decorator. */
const OTHER_REASONS = [
  'signature_unverified',
  'rules_contradict',
  'message_not_object',
  'credential_unavailable',
  'rule_denied',
  'rule_unavailable',
];

/** The first cell of a row: the decorator, its parameters and options, and the link to its page. */
function readCell(cell = '') {
  const [, name = '', signature = '', file = '', anchor] =
    /^\[`@(\w+)\(([^)]*)\)`\]\(([^#)]+)(?:#([^)]+))?\)/.exec(cell) ?? [];
  return { name, listed: signature.match(/\w+/g) ?? [], file, anchor };
}

const cells = [...accessRows, ...parameterRows].map(([first]) => readCell(first));

/** The TypeScript of all pages but the table's own. */
const examples = allPages
  .filter((guide) => guide !== 'decorators.md')
  .flatMap((guide) => readCodeBlocks(`docs/${guide}`))
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => code);

const textOf = (file: string) => readFileSync(`docs/${file}`, 'utf8');

function headingsOf(file: string): string[] {
  return [...textOf(file).matchAll(/^##+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe('The table of decorators', () => {
  it('has exactly the decorators that the package exports, once', () => {
    expect(names.length).toBeGreaterThan(15);
    expect(cells.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(decorators)('has the signature of @$name()', ({ name, parameters, options }) => {
    const cell = cells.find((each) => each.name === name);
    expect(cell?.listed.toSorted()).toEqual([...parameters, ...options].toSorted());
  });

  it.each(decorators)('links to the section about @$name()', ({ name }) => {
    const { file = '', anchor } = cells.find((each) => each.name === name) ?? {};
    expect(anchor).toBe(anchorOf(`@${name}()`));
    expect(headingsOf(file)).toContain(anchor);
  });

  it.each(decorators)('has an example on a page: @$name()', ({ name, module }) => {
    const uses = examples.filter(
      (code) => code.includes(`@${name}(`) && isImported(name, module, code),
    );
    expect(uses.length).toBeGreaterThan(0);
  });
});

/** What two entry points export may be imported from either. */
function isImported(name: string, module: string, code: string): boolean {
  const imports = [...code.matchAll(/^import \{([^}]*)\} from '([^']+)';/gm)];
  return imports.some(
    ([, imported = '', from = '']) =>
      from.startsWith(module) && imported.split(/[\s,]+/).includes(name),
  );
}

describe('The errors of decorators', () => {
  let failures: ReadonlyMap<string, readonly Failure[]>;

  beforeAll(async () => {
    failures = await failuresByDecorator();
  });

  function statusesOf(name: string): string {
    const statuses = new Set((failures.get(name) ?? []).map(({ status }) => String(status)));
    return statuses.size === 0 ? 'none' : [...statuses].toSorted().join(', ');
  }

  it('are tested with every reason, for decorators that exist', () => {
    expect([...failures.keys()].filter((name) => !names.includes(name))).toEqual([]);
    const reasons = new Set([...failures.values()].flat().map(({ reason }) => reason));
    expect([...reasons, ...OTHER_REASONS].toSorted()).toEqual(Object.keys(REJECTIONS).toSorted());
  });

  it('are in the table with the statuses that requests get', () => {
    const listed = accessRows.map(([first, , errors]) => [readCell(first).name, errors]);
    expect(listed).toEqual(listed.map(([name = '']) => [name, statusesOf(name)]));
  });

  it('do not exist for parameter decorators, except for the one that rejects callers', () => {
    const rejecting = parameterRows
      .map(([first]) => readCell(first).name)
      .filter((name) => statusesOf(name) !== 'none');
    expect(rejecting).toEqual(['CurrentAccount']);
    expect(statusesOf('CurrentAccount')).toBe('403');
    expect(parameterRows.flat().join(' ')).toContain('403 without one');
  });
});
