import { PropelAuthApi } from 'nestjs-propelauth';
import { ACME, ACME_ID, type KnownUser } from '../support/project.js';
import type { TableApplication } from './applications.js';
import { WEBHOOK_PATH } from './application-options.js';
import { post } from './http-client.js';
import type { LongTimers } from './long-timers.js';
import { issuer, person } from './people.js';
import {
  openEvents,
  openListening,
  openNative,
  openSocketIo,
  openSubscription,
  type StreamClient,
} from './stream-clients.js';
import { sendNews } from './stream-handlers.js';

/** Something that stays open, of a user for whom it is opened. */
export interface Stream {
  readonly name: string;
  open(application: TableApplication, user: KnownUser): Promise<StreamClient>;
}

/** What happens while streams are open. */
interface Change {
  readonly name: string;
  /** How much time passes, in milliseconds. */
  readonly passes?: number;
  happen(application: TableApplication, user: KnownUser): Promise<unknown>;
}

const bearer = async (user: KnownUser) => `Bearer ${await issuer.accessToken(user)}`;
const mcpTokenOf = (user: KnownUser) => issuer.mcpToken(user, { org: ACME.orgName });

const sse = (
  words: string,
  path: string,
  headersOf: (
    user: KnownUser,
    application: TableApplication,
  ) => Promise<Record<string, string>> | Record<string, string>,
): Stream => ({
  name: `event stream, ${words}`,
  open: async (application, user) =>
    openEvents(`${application.running.url}/streams/${path}`, await headersOf(user, application)),
});

const withToken = async (user: KnownUser) => ({ authorization: await bearer(user) });
const withMcpToken = (user: KnownUser) => ({ authorization: `Bearer ${mcpTokenOf(user)}` });

const subscription = (words: string, field: string): Stream => ({
  name: `subscription over graphql-ws, ${words}`,
  open: async ({ running }, user) =>
    openSubscription(running, field, { Authorization: await bearer(user) }),
});

export const WEB_STREAMS: readonly Stream[] = [
  sse('@Public(), with a token', 'public', withToken),
  sse('@OptionalUser(), with a token', 'optional', withToken),
  sse('@OptionalUser(), without a token', 'optional', () => ({})),
  sse('@RequireUser()', 'user', withToken),
  sse('@RequireOrgMember()', `member/${ACME_ID}`, withToken),
  sse('@RequireUserOrApiKey(), with a token', 'userOrKey', withToken),
  sse('@RequireUserOrApiKey(), with a personal key', 'userOrKey', ({ userId }, { propelAuth }) => ({
    'x-api-key': propelAuth.createApiKey({ userId }),
  })),
  sse('@RequireMcpToken()', 'mcpToken', withMcpToken),
  sse('@RequireMcpToken() with @CurrentUser()', 'userOfMcpToken', withMcpToken),
  {
    name: 'response of subscriptions/listen to an MCP client',
    open: ({ running }, user) =>
      openListening(`${running.url}/mcp`, mcpTokenOf(user), () => settled(running.url)),
  },
  subscription('@Public(), with a token', 'streamOfAnyone'),
  subscription('@RequireUser()', 'streamOfUser'),
  subscription('@RequireOrgMember()', `streamOfMember(orgId: "${ACME_ID}")`),
];

export const SOCKET_IO_STREAMS: readonly Stream[] = sockets('socket.io', openSocketIo);
export const NATIVE_STREAMS: readonly Stream[] = sockets('ws', openNative);

function sockets(name: string, open: typeof openSocketIo): Stream[] {
  const stream = (words: string, message: string): Stream => ({
    name: `connection of ${name} with a message, ${words}`,
    open: async ({ running }, user) =>
      open(running, await issuer.accessToken(user), message, { orgId: ACME_ID }),
  });
  return [
    stream('@Public(), with a token', 'public'),
    stream('@RequireUser()', 'user'),
    stream('@RequireOrgMember()', 'member'),
  ];
}

/** Longer than any token lives. */
const LIFETIME = 2 * 3_600_000;

const bystander = person('bystander', { orgs: [{ ...ACME, role: 'Member' }] });

async function disable({ running, propelAuth }: TableApplication, user: KnownUser) {
  propelAuth.addUser(user);
  await running.app.get(PropelAuthApi).disableUser(user.userId);
  await tell(running.url, { event_type: 'user.disabled', user_id: user.userId });
}

const CHANGES: readonly Change[] = [
  { name: 'another user is disabled', happen: (application) => disable(application, bystander) },
  { name: 'the user is disabled', happen: disable },
  {
    name: 'the user leaves the organization',
    happen: async ({ running, propelAuth }, user) => {
      propelAuth.addUser(user);
      const member = { userId: user.userId, orgId: ACME_ID };
      await running.app.get(PropelAuthApi).removeUserFromOrg(member);
      const event = { user_id: user.userId, org_id: ACME_ID };
      await tell(running.url, { event_type: 'user.removed_from_org', ...event });
    },
  },
  { name: 'the token expires', passes: LIFETIME, happen: async () => {} },
];

async function tell(url: string, event: object): Promise<void> {
  const { headers, body } = issuer.webhook(event);
  const { status } = await post(url + WEBHOOK_PATH, { ...headers }, body);
  if (status !== 204) throw new Error(`The event got ${status}`);
}

/** Waits until a client has seen everything that the server did before. */
async function settled(url: string): Promise<void> {
  for (let round = 0; round < 5; round++) await post(`${url}/public`, {}, '');
}

/** What becomes of each stream after each change: by the name of the stream, and by that of the change. */
export type Fates = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Opens each stream for a user of its own, once for each change. */
export async function fatesOf(
  application: TableApplication,
  streams: readonly Stream[],
  timers: LongTimers,
): Promise<Fates> {
  const fates = new Map(streams.map(({ name }) => [name, new Map<string, string>()]));
  for (const change of CHANGES) {
    const open = await Promise.all(
      streams.map(async (stream) => {
        const user = person(`${stream.name}, ${change.name}`.replaceAll(/\W+/g, '-'), {
          orgs: [{ ...ACME, role: 'Member' }],
        });
        application.propelAuth.addUser(user);
        return { user, name: stream.name, client: await stream.open(application, user) };
      }),
    );
    for (const { user } of open) await change.happen(application, user);
    if (change.passes !== undefined) timers.advance(change.passes);
    sendNews();
    await Promise.all(
      open.map(async ({ name, client }) => fates.get(name)!.set(change.name, await client.fate())),
    );
  }
  return fates;
}
