import { ResolvedOptions } from '../options/resolved-options.js';
import { CurrentAccess } from '../plugins/current-access.js';
import {
  createPlugin,
  type PropelAuthPlugin,
  type PropelAuthPluginFactory,
} from '../plugins/plugin.js';
import { createLiveAccess } from './live-access.js';
import { checkLiveAccess, type LiveAccessOptions } from './live-access-options.js';
import { createSharedChanges, SharedChanges } from './shared-changes.js';
import { USER_QUESTIONS, UserQuestions } from './user-questions.js';

const LIVE_ACCESS_OPTIONS = Symbol('nestjs-propelauth: the options of liveAccess()');

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
          provide: CurrentAccess,
          inject: [LIVE_ACCESS_OPTIONS, ResolvedOptions, UserQuestions],
          useFactory: createLiveAccess,
        },
        {
          provide: SharedChanges,
          inject: [LIVE_ACCESS_OPTIONS, ResolvedOptions, CurrentAccess],
          useFactory: createSharedChanges,
        },
      ],
    },
    options,
  );
}
