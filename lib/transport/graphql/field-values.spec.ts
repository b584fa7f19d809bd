import { buildSchema } from 'graphql';
import { FieldValues } from './field-values.js';
import type { ResponsePath } from './graphql-call.js';
import type { Schema } from './schema-types.js';

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

  /** Asks for the value of each field of a chain, the one above before the one below, and of as many fields beside each other at its end. */
  askFor(depth: number, values: FieldValues<string>): (string | undefined)[] {
    let path = this.below(undefined, 'viewer', 'Query');
    values.keep(path, 'root');
    const found: (string | undefined)[] = [];
    for (let field = 0; field < depth; field++) {
      path = this.below(path, 'next', 'Viewer');
      found.push(valueOf(values, path));
    }
    for (let alias = 0; alias < depth; alias++) {
      found.push(valueOf(values, this.below(path, `alias${alias}`, 'Viewer')));
    }
    return found;
  }
}

function valueOf(values: FieldValues<string>, path: ResponsePath): string | undefined {
  return values.nearest(path, schema as Schema, () => undefined);
}

describe('FieldValues', () => {
  it.each(['from above to below', 'from below alone'])(
    'takes at most twice the steps for a query of twice the depth and width, asked %s',
    (order) => {
      const [once, twice] = [1000, 2000].map((depth) => {
        const paths = new CountedPaths();
        const values = new FieldValues<string>();
        if (order === 'from above to below') {
          expect(paths.askFor(depth, values)).toEqual(Array(2 * depth).fill('root'));
        } else {
          let path = paths.below(undefined, 'viewer', 'Query');
          for (let field = 0; field < depth; field++) path = paths.below(path, 'next', 'Viewer');
          for (let alias = 0; alias < depth; alias++) {
            valueOf(values, paths.below(path, `alias${alias}`, 'Viewer'));
          }
        }
        return paths.steps;
      });
      expect(once).toBeGreaterThan(1000);
      expect(twice).toBeLessThanOrEqual(2 * once! + 10);
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
