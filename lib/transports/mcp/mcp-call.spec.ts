import { methodOf, wrap } from '../../../test/support/written-rules.js';
import { mcpCallOf } from './mcp-call.js';

class StreamableHttpController {
  post() {}
}
class Front extends StreamableHttpController {}
class Reports {
  list() {}
  count() {}
}
const list = methodOf(Reports, 'list');
const extras = { mcpType: 'tool', mcpMethodKey: 'list', mcpMethodRef: list };
Reflect.defineMetadata('microservices:pattern_extras', extras, list);

describe('The role of a handler in @rekog/mcp-nest', () => {
  it.each<[string, Function, Function | undefined, boolean]>([
    ['a tool', Reports, list, false],
    ['what wraps a tool', Reports, wrap(list), false],
    ['a method of an endpoint controller', Front, methodOf(Front, 'post'), true],
    ['any function of an endpoint controller', Front, () => {}, true],
    ['an endpoint controller', Front, undefined, true],
  ])('is to serve MCP clients alone: %s', (_what, type, handler, isEndpoint) => {
    expect(mcpCallOf.roleOf(type, handler)).toEqual({ onlyKind: 'mcp', isEndpoint });
  });

  it('is none for other methods', () => {
    expect(mcpCallOf.roleOf(Reports, methodOf(Reports, 'count'))).toBeUndefined();
  });
});
