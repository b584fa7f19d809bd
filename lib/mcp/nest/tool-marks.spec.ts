import type { Type } from '@nestjs/common';
import { makePart, modulesWith } from '../../../test/support/mcp-parts.js';
import {
  callerRule,
  handle,
  methodOf,
  writeOverMethod,
} from '../../../test/support/written-rules.js';
import { Policies } from '../../rules/policies.js';
import type { AccessRule } from '../../rules/access-rule.js';
import { ApplicationMcpHandlers } from './application-mcp-handlers.js';
import { roleOf, ToolMarks } from './tool-marks.js';
import { MCP_CLIENT } from '../../rules/callers.js';

const scope = (...scopes: string[]): AccessRule => ({
  kind: 'scope',
  scopes,
  decorator: '@RequireScope()',
});

/** Tools with and without rules, and a prompt under one. */
function reports() {
  class Reports {
    open() {}
    plain() {}
    read() {}
    summarize() {}
  }
  for (const name of ['open', 'plain', 'read']) makePart(Reports, name);
  makePart(Reports, 'summarize', { kind: 'prompt' });
  writeOverMethod(Reports, 'open', callerRule('@Public()', 'public'));
  writeOverMethod(Reports, 'read', scope('read'));
  writeOverMethod(Reports, 'summarize', scope('read'));
  return Reports;
}

class StreamableHttpController {
  post() {}
}

/** An endpoint controller, under a rule. */
function endpointUnder(...rules: AccessRule[]) {
  class Front extends StreamableHttpController {
    override post() {}
  }
  handle(Front, 'post');
  writeOverMethod(Front, 'post', ...rules);
  return Front;
}

const ROLE = 'the access rules of Reports (tool read)';

const ofToken = () => undefined;

function marksOf(...controllers: Type[]): ToolMarks {
  return new ToolMarks(
    new ApplicationMcpHandlers(modulesWith(controllers)),
    new Policies({ ofModule: ofToken, ofMcpToken: ofToken }),
  );
}

const marked = (type: Type, name: string) =>
  ['mcp:roles', 'mcp:scopes'].map(
    (key) => Reflect.getMetadata(key, methodOf(type, name)) as unknown,
  );

describe('Tools under rules', () => {
  it('are listed with their rules and a role, without public tools, tools without a rule, and prompts', () => {
    const marks = marksOf(reports());
    expect(marks.list()).toMatchObject([
      { role: ROLE, policy: { callers: MCP_CLIENT, scopes: ['read'] } },
    ]);
    expect(marks.list()).toBe(marks.list());
  });

  it('are marked with a role and their scopes, and other tools are not', () => {
    const Reports = reports();
    marksOf(Reports).place();
    expect(marked(Reports, 'read')).toEqual([[ROLE], ['read']]);
    for (const name of ['open', 'plain', 'summarize']) {
      expect(marked(Reports, name)).toEqual([undefined, undefined]);
    }
  });

  it('are marked with the scopes of the endpoint controller, if there is one', () => {
    const [one, other] = [endpointUnder(scope('endpoint')), endpointUnder(scope('other'))];
    const [Alone, Between] = [reports(), reports()];
    marksOf(Alone, one).place();
    marksOf(Between, one, other).place();
    expect(marked(Alone, 'read')[1]).toEqual(['endpoint', 'read']);
    expect(marked(Between, 'read')[1]).toEqual(['read']);
  });

  it('keep the marks of the application, but none of another application', () => {
    const Reports = reports();
    const read = methodOf(Reports, 'read');
    Reflect.defineMetadata('mcp:roles', ['admin'], read);
    Reflect.defineMetadata('mcp:scopes', ['own', 'read'], read);
    marksOf(Reports, endpointUnder(scope('of another application'))).place();
    marksOf(Reports).place();
    expect(marked(Reports, 'read')).toEqual([
      ['admin', ROLE],
      ['own', 'read'],
    ]);
  });

  it.each([
    ['roles', [['admin'], ['own', 'read']]],
    ['scopes', [['admin', ROLE], ['own']]],
  ])('get no marks if one of several is enough: %s', (what, expected) => {
    const Reports = reports();
    const read = methodOf(Reports, 'read');
    Reflect.defineMetadata('mcp:roles', ['admin'], read);
    Reflect.defineMetadata('mcp:scopes', ['own'], read);
    Reflect.defineMetadata(`mcp:${what}-match`, 'any', read);
    marksOf(Reports).place();
    expect(marked(Reports, 'read')).toEqual(expected);
  });

  it('have a role that names the class and the tool', () => {
    const [part] = new ApplicationMcpHandlers(modulesWith([reports()])).list();
    expect(roleOf(part as never)).toBe('the access rules of Reports (tool open)');
  });
});
