import { Rejection } from '../../rejections/rejection.js';
import type { RuleType } from '../rule.js';
import { meetsMetadata, type MetadataRequirement } from './metadata-requirement.js';

/** What the metadata of callers has to say, all of it, by their kind. */
export type RequiredMetadata = ReadonlyMap<string, readonly MetadataRequirement[]>;

/** Requires something of the metadata that the application stores with a credential. Each rule is about one kind of callers. */
export const metadataRule: RuleType<MetadataRequirement, RequiredMetadata> = {
  name: 'metadata',
  asks: { about: 'metadata', answer: 'metadata()' },

  combine(rules) {
    const byKind = new Map<string, MetadataRequirement[]>();
    for (const { of = '', argument } of rules) {
      byKind.set(of, [...new Set(byKind.get(of)).add(argument)]);
    }
    return byKind;
  },

  fromCode: (argument) => argument,

  on: ({ metadataOf }) => (metadataOf === undefined ? 'never' : 'checked'),

  precheck({ caller }, required) {
    const requirements = required.get(caller.kind.name);
    if (requirements === undefined) return;
    const { metadata } = caller;
    if (!requirements.every((requirement) => meetsMetadata(metadata, requirement))) {
      throw new Rejection('metadata_mismatch');
    }
  },

  describe(required) {
    const words = [...required].map(
      ([kind, requirements]) => [kind, requirements.map((one) => one.words)] as const,
    );
    return {
      ofKinds: new Map(words.map(([kind, all]) => [kind, all.join(' and ')])),
      reasons: ['metadata_mismatch'],
      data: Object.fromEntries(words),
    };
  },
};
