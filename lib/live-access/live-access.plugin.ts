import type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
import {
  createPlugin,
  type Hooks,
  ResolvedOptions,
  USER_QUESTIONS,
  UserQuestions,
} from '../extend.js';
import { createLiveAccess, LiveAccess } from './live-access.js';
import { checkLiveAccess, type LiveAccessOptions } from './live-access-options.js';
import { createSharedChanges, SharedChanges } from './shared-changes.js';

const LIVE_ACCESS_OPTIONS = Symbol('nestjs-propelauth: the options of liveAccess()');
const LIVE_ACCESS_HOOKS = Symbol('nestjs-propelauth: the hooks of liveAccess()');

/**
 * Makes changes of access take effect within seconds, instead of when the access token expires: PropelAuth's events report that access has
 * changed, and the guard then asks PropelAuth for the user's current access. Open streams of the user end. It needs the option `webhooks`.
 *
 * @param options `changes`: how the instances of a service share changes. Default: none, for a service with one instance; or `{ imports,
 * inject, useFactory }`, whose factory returns the options, or `false` for no live access
 * @returns a plugin for `PropelAuthModule.forRoot()`. Startup fails for a wrong option, and without the option `webhooks`
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl,
 *   apiKey,
 *   webhooks: { secret: process.env.PROPELAUTH_WEBHOOK_SECRET!, path: '/webhooks/propelauth' },
 *   plugins: [liveAccess()],
 * })
 * ```
 *
 * @publicApi
 */
export function liveAccess(
  options: LiveAccessOptions | PropelAuthPluginFactory<LiveAccessOptions> = {},
): PropelAuthPlugin {
  return createPlugin(
    {
      name: 'liveAccess',
      token: LIVE_ACCESS_OPTIONS,
      check: checkLiveAccess,
      providers: [
        USER_QUESTIONS,
        {
          provide: LiveAccess,
          inject: [LIVE_ACCESS_OPTIONS, ResolvedOptions, UserQuestions],
          useFactory: createLiveAccess,
        },
        {
          provide: SharedChanges,
          inject: [LIVE_ACCESS_OPTIONS, ResolvedOptions, LiveAccess],
          useFactory: createSharedChanges,
        },
        {
          provide: LIVE_ACCESS_HOOKS,
          inject: [UserQuestions, LiveAccess, SharedChanges],
          useFactory: createHooks,
        },
      ],
      hooks: LIVE_ACCESS_HOOKS,
    },
    options,
  );
}

/** @param access `undefined` if the plugin's factory returned `false` */
function createHooks(
  { answers }: UserQuestions,
  access: LiveAccess | undefined,
  others: SharedChanges | undefined,
): Hooks | undefined {
  if (access === undefined) return undefined;
  return {
    access,
    state: {
      failure: () => others?.failure(),
      get caches() {
        return [['user-access', answers.counts] as const];
      },
      get lagSeconds() {
        return access.lag?.seconds;
      },
    },
    async event(id, event, sentAt) {
      access.apply(id, event, sentAt);
      await others?.publish(id, event, sentAt);
    },
  };
}
