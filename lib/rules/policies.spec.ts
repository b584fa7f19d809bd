import type { ExecutionContext, Type } from '@nestjs/common';
import {
  callerRule,
  combinedByName,
  handle,
  kindsOfPropelAuth,
  memberRule,
  methodOf,
  newFunction,
  copyMethod,
  wrap,
  writeOverClass,
  writeOverMethod,
  noOwn,
} from '../../test/support/written-rules.js';
import { fake } from '../../test/support/fake.js';
import type { Exemptions } from './exemptions.js';
import { MarkGuard } from './guard-metadata.js';
import { Policies } from './policies.js';
import { DEFAULT_POLICY, UNTRACEABLE_POLICY } from './policy.js';
import { callersNameOf, callersOf } from '../../test/support/callers.js';
import { MCP_CLIENT } from './callers.js';
import { roleOf } from '../transports/call-of.js';

const ofModule = () => ({ orgId: 'of the module' });
const applicationOf = () => ({
  globalRules: [],
  orgSource: ofModule,
  kinds: kindsOfPropelAuth,
  roleOf,
  own: noOwn,
});
const policies = () => new Policies(applicationOf());
const policyOf = (type: Type, name: string) => policies().ofHandler(type, methodOf(type, name));

/** Two handlers, one under a rule of its own. */
function reports() {
  class Reports {
    list() {}
    show() {}
  }
  handle(Reports, 'list', 'show');
  writeOverMethod(Reports, 'show', callerRule('@show', 'optional'));
  return Reports;
}

it('A handler is exempt if its class is and it has no rule', () => {
  const Reports = reports();
  const exemptions = fake<Exemptions>({ of: (type) => (type === Reports ? 'Library' : undefined) });
  const exempting = new Policies(applicationOf(), exemptions);
  const [list, show] = [methodOf(Reports, 'list'), methodOf(Reports, 'show')];
  const isExempt = [list, show].map((handler) => exempting.isExempt(Reports, handler));
  expect(isExempt).toEqual([true, false]);
  expect(policies().isExempt(Reports, list)).toBe(false);
});

describe('The policy of a handler', () => {
  it('has the rules of its decorators', () => {
    const Reports = reports();
    expect(policyOf(Reports, 'list').callers).toEqual(callersOf('user'));
    expect(policyOf(Reports, 'show').callers).toEqual(callersOf('optional'));
  });

  it('says that only the handler knows if its response stays open, for MCP clients alone', () => {
    const Reports = reports();
    writeOverClass(Reports, callerRule('@mcp', 'mcp'));
    expect(policyOf(Reports, 'list')).toMatchObject({ callers: MCP_CLIENT, eventStream: 'maybe' });
    expect(policyOf(Reports, 'show')).not.toHaveProperty('eventStream');
  });

  it('is found by the class and the function of a call', () => {
    const Reports = reports();
    const context = { getClass: () => Reports, getHandler: () => methodOf(Reports, 'show') };
    expect(callersNameOf(policies().of(context as unknown as ExecutionContext).callers)).toBe(
      'optional',
    );
  });

  it('differs in a subclass that adds rules', () => {
    const Reports = reports();
    class Paid extends Reports {}
    writeOverClass(Paid, memberRule('@Paid'));
    const all = policies();
    const show = methodOf(Reports, 'show');
    const requirementsIn = (type: Type) => all.ofHandler(type, show).checks;
    expect([Reports, Paid, Reports].map((type) => requirementsIn(type).length)).toEqual([0, 1, 0]);
    expect(all.ofHandler(Reports, show)).toBe(all.ofHandler(Reports, show));
    expect(combinedByName(all.ofHandler(Paid, show))).toMatchObject({
      org: { sources: [ofModule] },
    });
  });

  it('rejects all calls if the function is a copy under rules of another class', () => {
    class Copies {}
    copyMethod(Copies, 'show', methodOf(reports(), 'show'));
    expect(policyOf(Copies, 'show')).toEqual(UNTRACEABLE_POLICY);
  });

  it('is compiled again after it was dropped', () => {
    const Reports = reports();
    const all = policies();
    const list = methodOf(Reports, 'list');
    const before = all.ofHandler(Reports, list);
    writeOverMethod(Reports, 'list', callerRule('@list', 'optional'));
    expect(all.ofHandler(Reports, list)).toBe(before);
    all.forget();
    expect(callersNameOf(all.ofHandler(Reports, list).callers)).toBe('optional');
  });

  it.each(['class', 'method'])('is explicit if the guard is on the %s', (where) => {
    @MarkGuard()
    class Guard {}
    const Reports = reports();
    const list = methodOf(Reports, 'list');
    expect(policyOf(Reports, 'list').isExplicit).toBe(false);
    Reflect.defineMetadata('__guards__', [Guard], where === 'class' ? Reports : list);
    expect(policyOf(Reports, 'list')).toMatchObject({
      isExplicit: true,
      callers: callersOf('user'),
    });
  });

  it('says whether the response stays open', () => {
    const Reports = reports();
    Reflect.defineMetadata('__sse__', true, methodOf(Reports, 'show'));
    expect(policyOf(Reports, 'show')).toMatchObject({
      eventStream: 'always',
      callers: callersOf('optional'),
      isExplicit: true,
    });
    expect(policyOf(Reports, 'list')).not.toHaveProperty('eventStream');
  });

  it('says whether the controller is in front of MCP tools', () => {
    class StreamableHttpController {
      post() {}
    }
    class Front extends StreamableHttpController {}
    handle(StreamableHttpController, 'post');
    expect(policyOf(Front, 'post')).toMatchObject({
      isEndpoint: true,
      callers: callersOf('mcp'),
      isExplicit: false,
    });
    expect(policyOf(reports(), 'list')).not.toHaveProperty('isEndpoint');
    writeOverMethod(StreamableHttpController, 'post', memberRule('@post'));
    const ruled = policyOf(Front, 'post');
    expect(ruled.callers).toEqual(callersOf('mcp'));
    expect(combinedByName(ruled)).toMatchObject({ org: { requirements: [{ type: 'member' }] } });
  });
});

describe('The policy of a function that cannot be traced', () => {
  class Bare {
    list() {}
  }
  class Others {
    list() {}
  }
  class OfClass {}
  class OfMethod {
    list() {}
  }
  handle(Bare, 'list');
  writeOverMethod(Others, 'list', memberRule('@list'));
  writeOverClass(OfClass, memberRule('@OfClass'));
  writeOverMethod(OfMethod, 'list', memberRule('@list'));
  const ofOthers = methodOf(Others, 'list');

  it.each<[string, Type, Function]>([
    ['a method has a rule', OfMethod, newFunction()],
    ['a method of a class above has a rule', class extends OfMethod {}, newFunction()],
    ['the class has a rule', OfClass, newFunction()],
    ['a class above has a rule', class extends OfClass {}, newFunction()],
    ['the function is a method under rules of another class', class {}, ofOthers],
    ['the function wraps one', class {}, wrap(ofOthers)],
  ])('rejects all calls if %s', (_what, type, handler) => {
    expect(policies().ofHandler(type, handler)).toEqual(UNTRACEABLE_POLICY);
  });

  it('is the default in a class without rules, which no function of it has', () => {
    expect(policies().ofHandler(Bare, newFunction())).toEqual(DEFAULT_POLICY);
  });
});
