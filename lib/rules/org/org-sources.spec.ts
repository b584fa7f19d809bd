import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { fake } from '../../../test/support/fake.js';
import type { InjectableOrgSource, OrgSource } from '../../options/org-source.interface.js';
import type { Resources } from '../application/resources.js';
import type { RuleCall } from '../rule-call.js';
import { OrgSources } from './org-sources.js';

const call = fake<RuleCall>({});
const sources = new OrgSources(fake<ModuleRef>({}), fake<Resources>({}));
const acme = { orgId: 'acme' };
const globex = { orgId: 'globex' };
const sync: OrgSource = () => acme;
const later: OrgSource = async () => globex;
const failing: OrgSource = () => {
  throw new Error('No such tenant');
};

describe('The organization sources of a handler', () => {
  it('answer without a promise if none of them returns one', () => {
    expect(sources.ask([sync, () => undefined], call)).toEqual([acme, undefined]);
  });

  it('are waited for together, in their order, if one of them is asynchronous', async () => {
    expect(await sources.ask([sync, later], call)).toEqual([acme, globex]);
  });

  it.each<[string, OrgSource]>([
    ['answers', later],
    ['rejects', async () => Promise.reject(new Error('Gone'))],
  ])(
    'stop at one that throws, and leave no rejection unhandled, beside one that %s',
    async (_what, earlier) => {
      const notAsked = jest.fn(sync);
      const answers = sources.ask([earlier, failing, notAsked], call);
      await expect(answers).rejects.toThrow('No such tenant');
      expect(notAsked).not.toHaveBeenCalled();
      // Jest fails a test during which a rejection is unhandled.
      await new Promise((resolve) => setImmediate(resolve));
    },
  );
});

class TenantSource {
  orgOf({ tenant }: { tenant: string }) {
    return { orgId: tenant };
  }
}

describe('An organization source that is a class', () => {
  const type = TenantSource as unknown as Type<InjectableOrgSource>;

  it('is asked as a provider of the application', () => {
    const get = (asked: unknown) => (asked === type ? new TenantSource() : undefined) as never;
    const ofApplication = new OrgSources(fake<ModuleRef>({ get }), fake<Resources>({}));
    const asked = fake<RuleCall>({ context: { tenant: 'acme' } as never });
    expect(ofApplication.ask([type], asked)).toEqual([acme]);
  });

  it('fails startup where no module provides it', () => {
    const empty = fake<ModuleRef>({ get: () => null as never });
    const ofApplication = new OrgSources(empty, fake<Resources>({}));
    expect(() => ofApplication.assertUsable(type)).toThrow(
      'An organization rule names TenantSource, which no module provides.',
    );
  });
});

const reading = (reads: unknown) => Object.assign(() => undefined, { reads }) as OrgSource;
const named = (from: string) => ({ from, name: 'org' });

describe('What an organization source says that it reads', () => {
  it.each([
    undefined,
    ...['path', 'query', 'header', 'host', 'body', 'argument', 'message', 'token'].map(named),
    { from: 'token' },
    { ...named('query'), required: false },
    { ...named('query'), required: true },
  ])('may be %j', (reads) => {
    expect(() => sources.assertUsable(reading(reads))).not.toThrow();
  });

  it.each([
    null,
    'path',
    {},
    named('cookie'),
    named('constructor'),
    { from: ['path'], name: 'org' },
    ...['path', 'query', 'header', 'host', 'body', 'argument', 'message'].map((from) => ({ from })),
    { from: 'path', name: ' ' },
    { from: 'path', name: 7 },
    { ...named('query'), required: 'no' },
  ])('cannot be %j', (reads) => {
    const source = reading(reads);
    for (const [name, words] of [
      ['', 'An organization source'],
      ['tenant', 'The organization source tenant'],
    ]) {
      Object.defineProperty(source, 'name', { value: name, configurable: true });
      expect(() => sources.assertUsable(source)).toThrow(
        `${words} has the invalid property reads: ${JSON.stringify(reads)}. Set it to { from, name }: a place such as 'path' or 'header', and the ` +
          'name of the value there.',
      );
    }
  });
});
