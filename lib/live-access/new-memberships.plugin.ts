import type { PropelAuthPlugin } from '../index.js';
import { createPlugin, USER_QUESTIONS, UserQuestions } from '../extend.js';
import { NewMemberships } from './new-memberships.js';
import { LiveAccess } from './live-access.js';

const NEW_MEMBERSHIPS = Symbol('nestjs-propelauth: newMemberships()');

/**
 * Lets users into organizations that they have created or joined since their access token was issued: before an organization rule returns
 * 403 because the token lacks the organization, the guard asks PropelAuth. Roles and permissions of the answer are checked like those of a
 * token. Without this plugin, the front end has to get a new token.
 *
 * PropelAuth is asked about a user and an organization at most once in 30 seconds, and for at most five other organizations of a user at
 * once and one more every ten seconds. Without an answer, the response stays 403. Tokens with an active organization, API keys and MCP
 * tokens are not affected.
 *
 * @returns a plugin for `PropelAuthModule.forRoot()`
 * @example
 * ```ts
 * PropelAuthModule.forRoot({ authUrl, apiKey, plugins: [newMemberships()] })
 * ```
 *
 * @publicApi
 */
export function newMemberships(): PropelAuthPlugin {
  return createPlugin(
    {
      name: 'newMemberships',
      token: NEW_MEMBERSHIPS,
      check: (options) => options,
      providers: [
        USER_QUESTIONS,
        {
          provide: NewMemberships,
          inject: [UserQuestions, { token: LiveAccess, optional: true }],
          useFactory: (questions: UserQuestions, liveAccess: LiveAccess | undefined) =>
            new NewMemberships(questions, liveAccess),
        },
      ],
      hooks: NewMemberships,
    },
    {},
  );
}
