import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { checkLiveAccess } from './live-access-options.js';
import { createLiveAccess } from './live-access.js';

const changes = { publish: async () => {}, follow: () => ({ close: () => {} }) };

/** The error that options are rejected with. */
function rejectionOf(check: () => unknown): PropelAuthConfigurationError {
  try {
    check();
  } catch (error) {
    if (error instanceof PropelAuthConfigurationError) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

describe('The options of liveAccess()', () => {
  it.each([{}, { changes: undefined }])('may be %j, for a service with one instance', (options) => {
    expect(checkLiveAccess(options)).toEqual({ changes: undefined });
  });

  it('have a log of changes, which is used as it is', () => {
    expect(checkLiveAccess({ changes }).changes).toBe(changes);
  });

  it.each([undefined, null, true, 'true', 1, [], () => ({})])(
    'are an object, not %j',
    (options) => {
      expect(rejectionOf(() => checkLiveAccess(options)).message).toBe(
        'liveAccess is not an object. Pass { changes } to liveAccess(), or nothing.',
      );
    },
  );

  it.each([
    [{ change: changes }, 'change'],
    [{ changes, path: '/webhooks' }, 'path'],
    [{ liveAccess: true }, 'liveAccess'],
  ])('are changes, and nothing else: %j', (options, name) => {
    expect(rejectionOf(() => checkLiveAccess(options)).message).toBe(
      `liveAccess.${name} is not an option. Remove it or correct its spelling; liveAccess takes changes.`,
    );
  });

  it.each([
    null,
    true,
    'redis://localhost',
    {},
    { publish: changes.publish },
    { follow: changes.follow },
    { ...changes, publish: '' },
  ])('have changes with publish() and follow(), not %j', (wrong) => {
    expect(rejectionOf(() => checkLiveAccess({ changes: wrong })).message).toMatch(
      /^liveAccess\.changes has no publish\(\) and follow\(\)\. Set it to redisAccessChanges\(client\)/,
    );
  });

  it('need the option webhooks, which receives the changes', () => {
    const options = { webhooks: undefined, clockToleranceSeconds: 60 } as ResolvedOptions;
    const create = (given: object) =>
      rejectionOf(() => createLiveAccess(checkLiveAccess(given), options, {} as never)).message;
    for (const given of [{}, { changes }]) {
      expect(create(given)).toMatch(
        /^liveAccess\(\) needs the option webhooks, .* Set webhooks to/,
      );
    }
    expect(createLiveAccess(undefined, options, {} as never)).toBeUndefined();
  });
});
