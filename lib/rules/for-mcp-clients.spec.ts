import { callersForMcp, mcpRoleOf } from './for-mcp-clients.js';
import { methodOf, wrap } from '../../test/support/written-rules.js';
import type { Callers } from './callers.js';
import { accessModeOf } from './handler-access.js';
import { callersOf, type CallersName } from '../../test/support/callers.js';

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
const ofList = { owner: Reports, name: 'list' };
const ofCount = { owner: Reports, name: 'count' };

describe('The MCP role of a method', () => {
  it('is a part of a server if the method, or the called function, is a tool', () => {
    expect(mcpRoleOf(Reports, ofList, list)).toBe('handler');
    expect(mcpRoleOf(Reports, ofList, () => {})).toBe('handler');
    expect(mcpRoleOf(Reports, ofCount, wrap(list))).toBe('handler');
    expect(mcpRoleOf(Front, ofList, () => {})).toBe('handler');
  });

  it('is the endpoint controller if its class is one', () => {
    const post = { owner: StreamableHttpController, name: 'post' };
    expect(mcpRoleOf(Front, post, methodOf(Front, 'post'))).toBe('endpoint');
    expect(mcpRoleOf(Front, { owner: Front, name: 'missing' }, () => {})).toBe('endpoint');
  });

  it('is undefined for other methods', () => {
    expect(mcpRoleOf(Reports, ofCount, methodOf(Reports, 'count'))).toBeUndefined();
    expect(mcpRoleOf(Reports, { owner: Reports, name: 'missing' }, () => {})).toBeUndefined();
  });
});

describe('The callers of a method for MCP clients', () => {
  const names: CallersName[] = ['mcp', 'public', 'user', 'optional', 'api-key', 'nobody'];
  const named = (change: (name: CallersName) => Callers) =>
    names.map((name) => accessModeOf(change(name)));

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
