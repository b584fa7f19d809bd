import type { ExecutionContext, Type } from '@nestjs/common';
import {
  callerRule,
  handle,
  memberRule,
  methodOf,
  newFunction,
  copyMethod,
  wrap,
  writeOverClass,
  writeOverMethod,
} from '../../test/support/written-rules.js';
import { readReplacements } from './declared-method.js';
import { MarkGuard } from './guard-metadata.js';
import { Policies } from './policies.js';
import { UNTRACEABLE_POLICY } from './policy.js';

const ofModule = () => ({ orgId: 'of the module' });
const policies = () => new Policies({ ofModule, ofMcpToken: ofModule });

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

describe('The policy of a handler', () => {
  it('has the rules of its decorators', () => {
    const Reports = reports();
    const ofReports = policies();
    expect(ofReports.ofHandler(Reports, methodOf(Reports, 'list')).mode).toBe('user');
    expect(ofReports.ofHandler(Reports, methodOf(Reports, 'show')).mode).toBe('optional');
  });

  it('is found by the class and the function of a call', () => {
    const Reports = reports();
    const context = { getClass: () => Reports, getHandler: () => methodOf(Reports, 'show') };
    expect(policies().of(context as unknown as ExecutionContext).mode).toBe('optional');
  });

  it('differs in a subclass that adds rules', () => {
    const Reports = reports();
    class Paid extends Reports {}
    writeOverClass(Paid, memberRule('@Paid'));
    const all = policies();
    const show = methodOf(Reports, 'show');
    const requirementsIn = (type: Type) => all.ofHandler(type, show).orgRequirements;
    expect([Reports, Paid, Reports].map((type) => requirementsIn(type).length)).toEqual([0, 1, 0]);
    expect(all.ofHandler(Reports, show)).toBe(all.ofHandler(Reports, show));
    expect(all.ofHandler(Paid, show).orgSources).toEqual([ofModule]);
  });

  it('has the rules of all methods that the function replaces', () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', memberRule('@list'));
    const both = newFunction();
    readReplacements({ list: both, show: both }, Reports);
    expect(policies().ofHandler(Reports, both)).toMatchObject({
      mode: 'user',
      orgRequirements: [{ kind: 'member' }],
    });
  });

  it('is compiled again after it was dropped', () => {
    const Reports = reports();
    const all = policies();
    const list = methodOf(Reports, 'list');
    const anonymous = newFunction();
    const before = [list, anonymous].map((one) => all.ofHandler(Reports, one));
    writeOverMethod(Reports, 'list', callerRule('@list', 'optional'));
    expect([list, anonymous].map((one) => all.ofHandler(Reports, one))).toEqual(before);
    all.forget();
    const after = [list, anonymous].map((one) => all.ofHandler(Reports, one).mode);
    expect(after).toEqual(['optional', 'optional']);
  });

  it.each(['class', 'method'])('is explicit if the guard is on the %s', (where) => {
    @MarkGuard()
    class Guard {}
    const Reports = reports();
    const list = methodOf(Reports, 'list');
    expect(policies().ofHandler(Reports, list).isExplicit).toBe(false);
    Reflect.defineMetadata('__guards__', [Guard], where === 'class' ? Reports : list);
    expect(policies().ofHandler(Reports, list)).toMatchObject({ isExplicit: true, mode: 'user' });
  });

  it('says whether the response stays open', () => {
    const Reports = reports();
    Reflect.defineMetadata('__sse__', true, methodOf(Reports, 'show'));
    const [list, show] = ['list', 'show'].map((name) =>
      policies().ofHandler(Reports, methodOf(Reports, name)),
    );
    expect(show).toMatchObject({ opensEventStream: true, mode: 'optional', isExplicit: true });
    expect(list).not.toHaveProperty('opensEventStream');
  });

  it('says whether the controller is in front of MCP tools', () => {
    class StreamableHttpController {
      post() {}
    }
    class Front extends StreamableHttpController {}
    handle(StreamableHttpController, 'post');
    const policy = policies().ofHandler(Front, methodOf(Front, 'post'));
    expect(policy).toMatchObject({ isMcpEndpoint: true, mode: 'mcp', isExplicit: false });
    const Reports = reports();
    expect(policies().ofHandler(Reports, methodOf(Reports, 'list'))).not.toHaveProperty(
      'isMcpEndpoint',
    );
    writeOverMethod(StreamableHttpController, 'post', memberRule('@post'));
    expect(policies().ofHandler(Front, methodOf(Front, 'post'))).toMatchObject({
      mode: 'mcp',
      orgRequirements: [{ kind: 'member' }],
    });
  });
});

describe('The policy of a function that cannot be traced', () => {
  it('rejects all calls if the handlers of its class have different policies', () => {
    expect(policies().ofHandler(reports(), newFunction())).toEqual(UNTRACEABLE_POLICY);
  });

  it('is that of all handlers of its class if they have the same', () => {
    const Reports = reports();
    writeOverMethod(Reports, 'list', callerRule('@list', 'optional'));
    expect(policies().ofHandler(Reports, newFunction()).mode).toBe('optional');
  });

  it('is that of its class if the class has no handlers', () => {
    class Bare {}
    writeOverClass(Bare, memberRule('@Bare'));
    expect(policies().ofHandler(Bare, newFunction())).toMatchObject({
      mode: 'user',
      orgRequirements: [{ kind: 'member' }],
    });
  });

  it('is compiled once for all functions of a class without rules of their own', () => {
    class Bare {}
    const all = policies();
    expect(all.ofHandler(Bare, newFunction())).toBe(all.ofHandler(Bare, newFunction()));
  });

  it('has the rules that a function carries, which apply to no other function', () => {
    class Others {
      list() {}
    }
    writeOverMethod(Others, 'list', memberRule('@list'));
    class Bare {}
    const all = policies();
    const carrying = wrap(methodOf(Others, 'list'));
    expect(all.ofHandler(Bare, carrying).orgRequirements).toHaveLength(1);
    expect(all.ofHandler(Bare, newFunction()).orgRequirements).toEqual([]);
    expect(all.ofHandler(Bare, wrap(carrying)).orgRequirements).toHaveLength(1);
  });
});

describe('The levels of a handler that Nest finds', () => {
  it('are those of the class that declares it', () => {
    const Reports = reports();
    class Paid extends Reports {}
    const handler = methodOf(Paid, 'show');
    const { method } = policies().levelsOf({ controller: Paid, name: 'show', handler });
    expect(method.rules).toEqual([callerRule('@show', 'optional')]);
  });

  it('are those of its own class if no class declares it', () => {
    const Reports = reports();
    copyMethod(Reports, 'other', () => {});
    const levels = policies().levelsOf({ controller: Reports, name: 'gone', handler: () => {} });
    expect(levels.method).toEqual({ rules: [], outside: [[]] });
  });
});
