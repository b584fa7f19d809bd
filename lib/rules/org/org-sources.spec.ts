import type { ModuleRef } from '@nestjs/core';
import { fake } from '../../../test/support/fake.js';
import type { OrgSource } from '../../options/org-source.interface.js';
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

  it('stop at one that throws, and leave no rejection unhandled', async () => {
    const notAsked = jest.fn(sync);
    const answers = sources.ask([later, failing, notAsked], call);
    await expect(answers).rejects.toThrow('No such tenant');
    expect(notAsked).not.toHaveBeenCalled();
  });
});
