import { reasonOf } from '../../../test/support/reason-of.js';
import type { RuleCall } from '../rule-call.js';
import type { KindFacts, PlacedRule } from '../rule.js';
import type { MetadataRequirement } from './metadata-requirement.js';
import { metadataRule } from './metadata-rule.js';

const eu: MetadataRequirement = { required: { region: 'eu' }, words: 'region eu' };
const pro: MetadataRequirement = { required: { plan: 'pro' }, words: 'plan pro' };

const required = metadataRule.combine(
  [
    { of: 'robot', argument: eu },
    { of: 'robot', argument: pro },
    { of: 'robot', argument: eu },
    { of: 'script', argument: pro },
  ] as PlacedRule<MetadataRequirement>[],
  {} as never,
);

describe('A rule about metadata', () => {
  it.each<[string, object | undefined, string | undefined]>([
    ['robot', { region: 'eu', plan: 'pro' }, undefined],
    ['robot', { region: 'eu' }, 'metadata_mismatch'],
    ['robot', { plan: 'pro' }, 'metadata_mismatch'],
    ['robot', undefined, 'metadata_mismatch'],
    ['script', { plan: 'pro' }, undefined],
    ['script', {}, 'metadata_mismatch'],
    ['user', undefined, undefined],
  ])('is about callers of its kind: %s with %j: %s', (kind, metadata, reason) => {
    const call = { caller: { kind: { name: kind }, metadata } } as RuleCall;
    expect(reasonOf(() => metadataRule.precheck?.(call, required))).toBe(reason);
  });

  it('is about what kinds of callers say of themselves', () => {
    expect(metadataRule.asks).toEqual({ about: 'metadata', answer: 'metadata()' });
    const kinds = [{ metadataOf: () => undefined }, {}] as KindFacts[];
    expect(kinds.map((kind) => metadataRule.on(kind, eu))).toEqual(['checked', 'never']);
  });

  it('describes each requirement once, by the kind', () => {
    expect(metadataRule.describe(required)).toEqual({
      ofKinds: new Map([
        ['robot', 'region eu and plan pro'],
        ['script', 'plan pro'],
      ]),
      reasons: ['metadata_mismatch'],
      data: { robot: ['region eu', 'plan pro'], script: ['plan pro'] },
    });
  });

  it('is the same for code that asks', () => {
    expect(metadataRule.fromCode?.(eu, undefined)).toBe(eu);
  });
});
