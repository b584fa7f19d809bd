import type { RuleCall } from '../rule-call.js';
import type { KindFacts, RuleServices } from '../rule.js';
import type { OwnLoader } from './own-loader.js';
import { resourceRule, type ResourceArgument } from './resource-rule.js';

class Photos {}
class Albums {}

const needed = (...rows: [loader: typeof Photos, isOptional: boolean][]) =>
  resourceRule.combine(
    rows.map(([loader, isOptional]) => ({
      argument: { loader, isOptional } as unknown as ResourceArgument,
    })) as never,
    { own: { loaderOf: ({ name }: Function) => ({ name }) as OwnLoader } } as never,
  );

describe('The rows that a handler takes', () => {
  it('are loaded for nobody as well, and by what calls say', () => {
    expect([
      resourceRule.name,
      resourceRule.acceptsNobody?.({} as never),
      resourceRule.dependsOnCall?.([]),
      resourceRule.on({} as KindFacts, {} as ResourceArgument),
    ]).toEqual(['resource', true, true, 'met']);
  });

  it('are loaded by a class that the rule has the module provide', async () => {
    const rows = [{ id: 'beach' }, null];
    const services: RuleServices = {
      get: (type) => {
        expect(resourceRule.providers).toContain(type);
        return { load: async () => rows.shift() } as never;
      },
    };
    const keepRow = jest.fn();
    const call = { accessCallWith: () => ({}), keepRow } as unknown as RuleCall;
    await resourceRule.check?.(call, needed([Photos, false], [Albums, true]), services);
    expect(keepRow.mock.calls).toEqual([
      [Photos, { id: 'beach' }],
      [Albums, null],
    ]);
  });

  it('are required of each loader where one parameter requires it', () => {
    const rows = needed([Photos, true], [Albums, true], [Photos, false]);
    expect(rows.map(({ loader, isOptional }) => [loader.name, isOptional])).toEqual([
      ['Photos', false],
      ['Albums', true],
    ]);
  });

  it.each<[string, Parameters<typeof needed>, object]>([
    ['none is required', [[Photos, true]], { reasons: [], denials: [], data: [] }],
    [
      'two are',
      [
        [Photos, false],
        [Albums, false],
      ],
      {
        words: 'with Photos and Albums',
        reasons: [],
        denials: [
          { rule: 'Photos', code: 'not_found', status: 404 },
          { rule: 'Albums', code: 'not_found', status: 404 },
        ],
        data: ['Photos', 'Albums'],
      },
    ],
  ])('are described where %s', (_what, rows, description) => {
    expect(resourceRule.describe(needed(...rows))).toEqual(description);
  });
});
