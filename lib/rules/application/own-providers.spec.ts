import type { Type } from '@nestjs/common';
import type { ModuleRef, ModulesContainer } from '@nestjs/core';
import { fake } from '../../../test/support/fake.js';
import { fromInput } from '../../options/value-source.js';
import type { OwnLoader } from './own-loader.js';
import { OwnProviders } from './own-providers.js';
import type { OwnRule } from './own-rule.js';

class Odd {}

/** The providers of an application without modules, whose only provider is this one. */
function providing(provided: object | undefined): OwnProviders {
  const moduleRef = fake<ModuleRef>({ get: () => provided as never });
  return new OwnProviders(moduleRef, new Map() as unknown as ModulesContainer);
}

const ruleOf = (provided?: object) => providing(provided).ruleOf(Odd as Type<OwnRule>);
const loaderOf = (provided?: object) => providing(provided).loaderOf(Odd as Type<OwnLoader>);

const ruleNamed = (name: unknown) => ({ name, authorize: () => true });
const loaderNamed = (name: unknown) => ({ name, id: fromInput('id'), load: () => null });

describe('What the application provides', () => {
  it.each(['plan', 'p', 'plan2', 'plan-of-2-orgs', 'plan-b2b'])('may have the name %s', (name) => {
    const [rule, loader] = [ruleNamed(name), loaderNamed(name)];
    expect([ruleOf(rule), loaderOf(loader)]).toEqual([rule, loader]);
  });

  it.each([
    undefined,
    7,
    '',
    'Plan',
    'odd plan',
    'odd_plan',
    'odd-',
    '-odd',
    'odd--plan',
    'oDd',
    'odd-pLan',
    '2odd',
    'odd\n',
  ])('cannot have the name %p', (name) => {
    const mistake =
      'has no valid name. Set name to lower-case letters, digits and hyphens, such as';
    expect(() => ruleOf(ruleNamed(name))).toThrow(`The rule Odd ${mistake} 'plan'.`);
    expect(() => loaderOf(loaderNamed(name))).toThrow(`The loader Odd ${mistake} 'document'.`);
  });

  it('has to be provided', () => {
    const mistake = 'of the application names Odd, which no module provides.';
    expect(() => ruleOf()).toThrow(`A rule ${mistake}`);
    expect(() => loaderOf()).toThrow(`A loader ${mistake}`);
  });
});
