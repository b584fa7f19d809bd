import { readFileSync } from 'node:fs';
import { REJECTIONS, type RejectionReason } from '../../lib/rejections/rejection-table.js';
import { failuresByDecorator, type Failure } from '../support/decorator-failures.js';
import { readDecorators } from '../support/decorator-signatures.js';
import { chapterOf, codesIn, rowsOf } from '../support/markdown-tables.js';
import { pagesOf } from '../support/pages.js';

const decorators = readDecorators();
const names = decorators.map(({ name }) => name);
const index = readFileSync('docs/decorators/README.md', 'utf8');

const pageOf = (name: string) => `${name.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase()}.md`;
const textOf = (name: string) => readFileSync(`docs/decorators/${pageOf(name)}`, 'utf8');

/** The errors that a table lists. Several reasons can share a row. */
function errorsIn(text: string): Failure[] {
  return rowsOf(text).flatMap(([status = '', reasons = '', challenge = '']) =>
    codesIn(reasons).map((reason) => ({
      status: Number(status),
      reason,
      challenge: codesIn(challenge)[0],
    })),
  );
}

const errorsOf = (name: string) => errorsIn(chapterOf(textOf(name), 'Errors'));
const commonErrors = errorsIn(chapterOf(index, 'Errors of every access decorator'));

const rejections: Record<string, { status: number } | undefined> = REJECTIONS;

const byReason = (one: Failure, other: Failure) => one.reason.localeCompare(other.reason);

describe('The pages of decorators', () => {
  it('exist for exactly the decorators that the package exports', () => {
    expect(names.length).toBeGreaterThan(15);
    expect(pagesOf('decorators').toSorted()).toEqual(names.map(pageOf).toSorted());
  });

  it('together have every reason for an error', () => {
    const found = [...names.flatMap(errorsOf), ...commonErrors].map(({ reason }) => reason);
    expect(Object.keys(REJECTIONS).filter((reason) => !found.includes(reason))).toEqual([]);
  });
});

describe.each(decorators)('The page of @$name()', ({ name, module, parameters, options }) => {
  it('has its name as the title', () => {
    expect(textOf(name)).toMatch(`# \`@${name}()\`\n`);
  });

  it('begins with a sentence and an example that imports and uses the decorator', () => {
    const [, sentence, code] = /^# .*\n\n(.+\.)\n\n```ts\n(.*?)^```$/ms.exec(textOf(name)) ?? [];
    expect(sentence?.split('\n')).toHaveLength(1);
    const [, imported] =
      new RegExp(`^import \\{([^}]*)\\} from '${module}';`, 'm').exec(code ?? '') ?? [];
    expect(imported?.split(/[\s,]+/)).toContain(name);
    expect(code).toContain(`@${name}(`);
  });

  it('lists exactly its parameters and options', () => {
    const rows = rowsOf(chapterOf(textOf(name), 'Parameters'));
    const listed = rows.flatMap(([first = '']) => codesIn(first));
    expect(listed.toSorted()).toEqual([...parameters, ...options].toSorted());
  });

  it('is linked from the index with its signature', () => {
    const [, signature] = new RegExp(`\\[\`@${name}\\(([^)]*)\\)\`\\]`).exec(index) ?? [];
    const listed = signature?.match(/\w+/g) ?? [];
    expect(listed.toSorted()).toEqual([...parameters, ...options].toSorted());
  });

  it('has errors with the statuses of their reasons', () => {
    const other = errorsOf(name).filter(
      ({ reason, status }) => rejections[reason]?.status !== status,
    );
    expect(other).toEqual([]);
  });

  it('has all sections', () => {
    const chapters = [...textOf(name).matchAll(/^## (.*)$/gm)].map(([, chapter]) => chapter);
    expect(chapters).toEqual(
      expect.arrayContaining([
        'Parameters',
        'What the handler gets',
        'Errors',
        'Startup fails',
        'Transports',
        'Related',
      ]),
    );
  });
});

describe('The errors of a decorator', () => {
  let failures: ReadonlyMap<string, readonly Failure[]>;

  beforeAll(async () => {
    failures = await failuresByDecorator();
  });

  it.each(names)('are on its page as requests get them: @%s()', (name) => {
    const real = failures.get(name) ?? [];
    expect(errorsOf(name).toSorted(byReason)).toEqual(real.toSorted(byReason));
  });

  it('are tested for these decorators', () => {
    expect([...failures.keys()].filter((name) => !names.includes(name))).toEqual([]);
    expect(failures.size).toBeGreaterThan(10);
  });

  it('are in the index with their statuses', () => {
    const rows = rowsOf(chapterOf(index, 'Access decorators')).map(([first = '', , errors]) => [
      /@(\w+)/.exec(first)?.[1],
      errors,
    ]);
    const expected = rows.map(([name = '']) => {
      const statuses = new Set(errorsOf(name).map(({ status }) => String(status)));
      return [name, statuses.size === 0 ? 'none' : [...statuses].toSorted().join(', ')];
    });
    expect(rows).toEqual(expected);
  });

  it('do not exist for parameter decorators, except for the one that rejects callers', () => {
    const parameters = rowsOf(chapterOf(index, 'Parameter decorators')).map(
      ([first = '']) => /@(\w+)/.exec(first)?.[1] ?? '',
    );
    expect(parameters.length).toBeGreaterThan(3);
    const rejecting = parameters.filter((name) => errorsOf(name).length > 0);
    expect(rejecting).toEqual(['CurrentAccount']);
  });
});

describe('The errors of every access decorator', () => {
  it('are on no decorator page, and have the status and challenge of the table', () => {
    const onPages = names.flatMap(errorsOf).map(({ reason }) => reason);
    expect(commonErrors.filter(({ reason }) => onPages.includes(reason))).toEqual([]);
    expect(commonErrors).toEqual(
      commonErrors.map(({ reason }) => {
        const { status, challenge } = REJECTIONS[reason as RejectionReason];
        return { status, reason, challenge };
      }),
    );
  });
});
