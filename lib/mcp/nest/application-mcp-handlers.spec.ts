import { makePart, modulesWith } from '../../../test/support/mcp-parts.js';
import { methodOf } from '../../../test/support/written-rules.js';
import type { McpMessage } from './mcp-message.js';
import { ApplicationMcpHandlers } from './application-mcp-handlers.js';

class StreamableHttpController {
  post() {}
}
class Front extends StreamableHttpController {}
class OtherEndpoint extends StreamableHttpController {}

class Reports {
  list() {}
  summarize() {}
  all() {}
  one() {}
  helper() {}
}
makePart(Reports, 'list');
makePart(Reports, 'summarize', { kind: 'prompt', name: 'list' });
makePart(Reports, 'all', { kind: 'resource', name: 'reports://all' });
makePart(Reports, 'one', { kind: 'resource-template', name: 'reports://{id}' });

/** Has a tool of the same name. */
class Others {
  list() {}
}
makePart(Others, 'list');

class OfOtherServer {
  show() {}
}
makePart(OfOtherServer, 'show', { server: 'other' });

const tool = (name: string): McpMessage => ({ kind: 'call', of: ['tool'], name });
const resource = (name: string): McpMessage => ({
  kind: 'call',
  of: ['resource', 'resource-template'],
  name,
});

const namesOf = (parts: ApplicationMcpHandlers, message: McpMessage) =>
  parts.find(message).map(({ controller, handler }) => `${controller.name}.${handler.name}`);

describe('ApplicationMcpHandlers', () => {
  it('finds the parts in the controllers of all modules, including inherited methods, each class once', () => {
    class Heirs extends Others {}
    const parts = new ApplicationMcpHandlers(
      modulesWith([Reports, Heirs], [Reports, undefined, () => {}]),
    );
    expect(
      parts.list().map(({ controller, kind, name }) => `${controller.name}: ${kind} ${name}`),
    ).toEqual([
      'Reports: tool list',
      'Reports: prompt list',
      'Reports: resource reports://all',
      'Reports: resource-template reports://{id}',
      'Heirs: tool list',
    ]);
    expect(parts.list()[0]?.handler).toBe(methodOf(Reports, 'list'));
    expect(parts.list()).toBe(parts.list());
  });

  it('finds a part by kind and name', () => {
    const parts = new ApplicationMcpHandlers(modulesWith([Reports]));
    expect(namesOf(parts, tool('list'))).toEqual(['Reports.list']);
    expect(namesOf(parts, { kind: 'call', of: ['prompt'], name: 'list' })).toEqual([
      'Reports.summarize',
    ]);
    expect(namesOf(parts, resource('reports://all'))).toEqual(['Reports.all', 'Reports.one']);
    expect(namesOf(parts, resource('reports://7'))).toEqual(['Reports.one']);
    expect(namesOf(parts, tool('reports://all'))).toEqual([]);
    expect(namesOf(parts, tool('lis'))).toEqual([]);
  });

  it('finds several parts if servers share a name, and none for messages that call nothing', () => {
    const parts = new ApplicationMcpHandlers(modulesWith([Reports, Others]));
    expect(namesOf(parts, tool('list'))).toEqual(['Reports.list', 'Others.list']);
    expect(parts.find({ kind: 'tools/list' })).toEqual([]);
    expect(parts.find({ kind: 'unseen' })).toEqual([]);
  });
});

describe('A message', () => {
  class Drafts {
    draft() {}
  }
  makePart(Drafts, 'draft', { kind: 'resource-template', name: 'drafts://{id}{?page}?' });
  const parts = new ApplicationMcpHandlers(modulesWith([Front, Reports, Drafts]));

  it('may call every template that is not understood', () => {
    expect(namesOf(parts, resource('reports://a/b'))).toEqual(['Drafts.draft']);
    expect(parts.isFound(resource('reports://a/b'))).toBe(false);
    // mcp-nest takes a slash at the end for none.
    expect(namesOf(parts, resource('reports://ALL/'))).toEqual([
      'Reports.all',
      'Reports.one',
      'Drafts.draft',
    ]);
    expect(parts.isFound(resource('reports://ALL/'))).toBe(true);
  });

  it('calls something for certain if the only server has it', () => {
    expect(parts.isFound(tool('list'))).toBe(true);
    expect(parts.isFound(tool('none'))).toBe(false);
    expect(parts.isFound({ kind: 'unseen' })).toBe(false);
    const ofTwo = new ApplicationMcpHandlers(modulesWith([Front, OtherEndpoint, Reports]));
    expect(ofTwo.isFound(tool('list'))).toBe(false);
  });
});

describe('The endpoint controllers', () => {
  it.each<[string, unknown[], boolean]>([
    ['one in front of one server', [Front, Reports, Others], true],
    ['none', [Reports], false],
    ['two', [Front, OtherEndpoint, Reports], false],
    ['one in front of two servers', [Front, Reports, OfOtherServer], false],
    ['one in front of nothing', [Front], false],
  ])('belong to one server if there is %s: %#', (_what, controllers, expected) => {
    const parts = new ApplicationMcpHandlers(modulesWith(controllers));
    expect(parts.haveOneServer()).toBe(expected);
    expect(parts.haveOneServer()).toBe(expected);
    expect(parts.onlyEndpoint()).toBe(expected ? Front : undefined);
  });

  it('are listed', () => {
    const parts = new ApplicationMcpHandlers(modulesWith([Front, Reports], [OtherEndpoint]));
    expect(parts.listEndpoints()).toEqual([Front, OtherEndpoint]);
    expect(parts.listEndpoints()).toBe(parts.listEndpoints());
  });
});
