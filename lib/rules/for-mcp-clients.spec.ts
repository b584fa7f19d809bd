import { callersForMcp, mcpRoleOf } from './for-mcp-clients.js';
import { methodOf, wrap } from '../../test/support/written-rules.js';
import type { Callers } from './callers.js';
import { callersNameOf, callersOf, type CallersName } from '../../test/support/callers.js';

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

describe('The MCP role of a method', () => {
  it('is a part of a server if it is a tool, or wraps one', () => {
    expect(mcpRoleOf(Reports, list)).toBe('handler');
    expect(mcpRoleOf(Front, wrap(list))).toBe('handler');
  });

  it('is the endpoint controller if its class is one', () => {
    expect(mcpRoleOf(Front, methodOf(Front, 'post'))).toBe('endpoint');
    expect(mcpRoleOf(Front, () => {})).toBe('endpoint');
  });

  it('is undefined for other methods', () => {
    expect(mcpRoleOf(Reports, methodOf(Reports, 'count'))).toBeUndefined();
  });
});

describe('The callers of a method for MCP clients', () => {
  const names: CallersName[] = ['mcp', 'public', 'user', 'optional', 'api-key', 'nobody'];
  const named = (change: (name: CallersName) => Callers) =>
    names.map((name) => callersNameOf(change(name)));

  it.each(['endpoint', 'handler'] as const)(
    'are MCP clients or everyone, but no other callers: %s',
    (role) => {
      expect(named((name) => callersForMcp(callersOf(name), role))).toEqual([
        'mcp',
        'public',
        ...Array<string>(4).fill('nobody'),
      ]);
    },
  );

  it('are unchanged for other methods', () => {
    expect(named((name) => callersForMcp(callersOf(name), undefined))).toEqual(names);
  });
});
