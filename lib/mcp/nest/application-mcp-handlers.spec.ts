import { makePart, modulesWith } from '../../../test/support/mcp-parts.js';
import { methodOf } from '../../../test/support/written-rules.js';
import { ApplicationMcpHandlers } from './application-mcp-handlers.js';

class StreamableHttpController {
  post() {}
}
class Front extends StreamableHttpController {}

class Reports {
  list() {}
  summarize() {}
  all() {}
  one() {}
  helper() {}
}
makePart(Reports, 'list');
makePart(Reports, 'summarize', { type: 'prompt', name: 'list' });
makePart(Reports, 'all', { type: 'resource', name: 'reports://all' });
makePart(Reports, 'one', { type: 'resource-template', name: 'reports://{id}' });

/** Has a tool of the same name. */
class Others {
  list() {}
}
makePart(Others, 'list');

const rpc = (method: unknown, params?: unknown) => ({ jsonrpc: '2.0', id: 1, method, params });
const LIST = rpc('tools/call', { name: 'list' });

function called(controllers: unknown[], body: unknown): string | undefined {
  const found = new ApplicationMcpHandlers(modulesWith(controllers)).calledBy(body);
  return found && `${found.controller.name}.${found.handler.name}`;
}

describe('The tools, resources and prompts of an application', () => {
  it('are those in the controllers of all modules, including inherited methods, each class once', () => {
    class Heirs extends Others {}
    const handlers = new ApplicationMcpHandlers(
      modulesWith([Reports, Heirs], [Reports, undefined, () => {}]),
    );
    expect(
      handlers.list().map(({ controller, type, name }) => `${controller.name}: ${type} ${name}`),
    ).toEqual([
      'Reports: tool list',
      'Reports: prompt list',
      'Reports: resource reports://all',
      'Reports: resource-template reports://{id}',
      'Heirs: tool list',
    ]);
    expect(handlers.list()[0]?.handler).toBe(methodOf(Reports, 'list'));
  });

  it('have the name of the method if the decorator gives an empty one', () => {
    class Unnamed {
      list() {}
    }
    makePart(Unnamed, 'list', { name: '' });
    expect(called([Unnamed], LIST)).toBe('Unnamed.list');
  });
});

describe('The handler that a body calls', () => {
  it.each([
    ['a tool by its name', LIST, 'Reports.list'],
    ['a prompt by its name', rpc('prompts/get', { name: 'list' }), 'Reports.summarize'],
    ['a resource by its URI', rpc('resources/read', { uri: 'reports://all' }), 'Reports.all'],
  ])('is %s', (_what, body, name) => {
    expect(called([Front, Reports], body)).toBe(name);
  });

  it.each<[string, unknown]>([
    ['another name', rpc('tools/call', { name: 'lis' })],
    ['a name in another case', rpc('tools/call', { name: 'LIST' })],
    ['the name of another type', rpc('tools/call', { name: 'reports://all' })],
    ['a URI of a template', rpc('resources/read', { uri: 'reports://7' })],
    ['the text of a template', rpc('resources/read', { uri: 'reports://{id}' })],
    ['another spelling of a URI', rpc('resources/read', { uri: 'REPORTS://ALL/' })],
    ['a name that is no text', rpc('tools/call', { name: ['list'] })],
    ['no parameters', rpc('tools/call')],
    ['an inherited name', rpc('tools/call', Object.create({ name: 'list' }))],
    ['a name of every object', rpc('tools/call', { name: 'constructor' })],
    ['a method of every object', rpc('constructor', { name: 'list' })],
    ['another method', rpc('tools/list', { name: 'list' })],
    ['a method that is no text', rpc(['tools/call'], { name: 'list' })],
    ['a batch', [LIST]],
    ['a body that is not parsed', Buffer.from(JSON.stringify(LIST))],
    ['a text', JSON.stringify(LIST)],
    ['nothing', undefined],
    ['null', null],
  ])('is unknown for %s', (_what, body) => {
    expect(called([Front, Reports], body)).toBeUndefined();
  });

  it('is unknown if several handlers have the name', () => {
    class Thirds extends Others {}
    expect(called([Front, Reports, Others], LIST)).toBeUndefined();
    expect(called([Front, Reports, Others, Thirds], LIST)).toBeUndefined();
  });
});
