import { buildSchema } from 'graphql';
import { FieldValues } from './field-values.js';
import type { ResponsePath } from './resolver-arguments.js';

const schema = buildSchema(
  'type Query { viewer: Viewer } type Viewer { next: Viewer query: Query }',
);

/** Paths as GraphQL.js makes them, which count how often somebody goes from one to the one above. */
class CountedPaths {
  steps = 0;

  below(above: ResponsePath | undefined, key: string, typename: string): ResponsePath {
    const countStep = () => void this.steps++;
    return {
      key,
      typename,
      get prev() {
        countStep();
        return above;
      },
    };
  }
}

function valueOf(values: FieldValues<string>, path: ResponsePath): string | undefined {
  return values.nearest(path, schema, () => undefined);
}

/** Asks for each field of a query of this depth, which has as many fields beside each other at its end. */
function askForAll(depth: number): { found: (string | undefined)[]; steps: number } {
  const paths = new CountedPaths();
  const values = new FieldValues<string>();
  let path = paths.below(undefined, 'viewer', 'Query');
  values.keep(path, 'root');
  const fields: ResponsePath[] = [];
  for (let field = 0; field < depth; field++) {
    path = paths.below(path, 'next', 'Viewer');
    fields.push(path);
  }
  for (let alias = 0; alias < depth; alias++) {
    fields.push(paths.below(path, `alias${alias}`, 'Viewer'));
  }
  return { found: fields.map((field) => valueOf(values, field)), steps: paths.steps };
}

/** Asks for the fields at the end of a deep query alone, as where the fields above have no guard. */
function askForLast(depth: number): { found: (string | undefined)[]; steps: number } {
  const paths = new CountedPaths();
  const values = new FieldValues<string>();
  let path = paths.below(undefined, 'viewer', 'Query');
  values.keep(path, 'root');
  for (let field = 0; field < depth; field++) path = paths.below(path, 'next', 'Viewer');
  const found = Array.from({ length: depth }, (_, alias) =>
    valueOf(values, paths.below(path, `alias${alias}`, 'Viewer')),
  );
  return { found, steps: paths.steps };
}

describe('FieldValues', () => {
  it.each([
    ['each field', askForAll],
    ['the last fields alone', askForLast],
  ])(
    'takes twice the steps for a query of twice the depth and width, asked for %s',
    (_which, ask) => {
      const once = ask(1000);
      const twice = ask(2000);
      expect(new Set([...once.found, ...twice.found])).toEqual(new Set(['root']));
      expect(once.steps).toBeGreaterThan(1000);
      expect(twice.steps).toBeLessThanOrEqual(2.1 * once.steps);
    },
  );

  it('finds the nearest value above, and none above an operation without one', () => {
    const values = new FieldValues<string>();
    const root: ResponsePath = { key: 'viewer', prev: undefined, typename: 'Query' };
    const next: ResponsePath = { key: 'next', prev: root, typename: 'Viewer' };
    const below: ResponsePath = { key: 'next', prev: next, typename: 'Viewer' };
    values.keep(root, 'root');
    values.keep(next, 'next');
    expect(valueOf(values, below)).toBe('next');
    const query: ResponsePath = { key: 'query', prev: next, typename: 'Viewer' };
    const nested: ResponsePath = { key: 'viewer', prev: query, typename: 'Query' };
    expect(valueOf(values, query)).toBe('next');
    expect(valueOf(values, { key: 'next', prev: nested, typename: 'Viewer' })).toBeUndefined();
  });
});
