import type { AbstractHttpAdapter } from '@nestjs/core';
import { followMountedPaths } from './mounted-paths.js';

const adapterOf = (type: string, instance: object) =>
  ({ getType: () => type, getInstance: () => instance }) as unknown as AbstractHttpAdapter;

describe('followMountedPaths() lists nothing, and does not fail, for', () => {
  const layer = { name: 'handle', handle: () => {}, route: { stack: [{ method: 'get' }] } };

  it.each([
    ['an application without HTTP', null],
    ['another adapter', adapterOf('other', {})],
    ['an instance without a router', adapterOf('express', {})],
    [
      'Express 4, where reading the router throws',
      adapterOf('express', {
        get router() {
          throw new Error("'app.router' is deprecated!");
        },
      }),
    ],
    [
      'an older router, which does not tell paths',
      adapterOf('express', { router: { stack: [layer] } }),
    ],
  ])('%s', (_adapter, adapter) => {
    expect(followMountedPaths(adapter)()).toEqual([]);
  });
});
