import type { IncomingMessage } from 'node:http';
import {
  OnPropelAuthEvent,
  type PropelAuthEvent,
  type PropelAuthEventType,
  type PropelAuthWebhooks,
  type WebhooksOptions,
} from 'nestjs-propelauth';
import { expectType, type Equal } from '../equality.js';

/** One event of several is known by its type. */
export function narrow(event: PropelAuthEvent): string | undefined {
  switch (event.event_type) {
    case 'user.created':
      expectType<Equal<typeof event.user_id, string>>();
      expectType<Equal<typeof event.email, string | undefined>>();
      return event.email;
    case 'org.created':
      expectType<Equal<typeof event.org_id, string>>();
      return event.name;
    case 'user.removed_from_org':
    case 'user.role_changed_within_org':
      expectType<Equal<typeof event.org_id, string>>();
      return event.user_id;
    // @ts-expect-error -- no such event
    case 'user.create':
      return undefined;
    default:
      return undefined;
  }
}

export function pick(
  removed: PropelAuthEvent<'user.removed_from_org'>,
  either: PropelAuthEvent<'org.created' | 'org.deleted'>,
): string[] {
  expectType<Equal<typeof removed.event_type, 'user.removed_from_org'>>();
  expectType<Equal<typeof either.event_type, 'org.created' | 'org.deleted'>>();
  expectType<Equal<typeof removed.some_new_field, unknown>>();
  // @ts-expect-error -- events are frozen
  removed.user_id = 'other';
  return [removed.user_id, removed.org_id, either.org_id];
}

expectType<Equal<PropelAuthEvent['event_type'], PropelAuthEventType>>();

// @ts-expect-error -- no such event
export type Unknown = PropelAuthEvent<'user.create'>;

export class Handlers {
  @OnPropelAuthEvent()
  all(event: PropelAuthEvent) {
    return event.event_type;
  }

  @OnPropelAuthEvent('user.created')
  async created(event: PropelAuthEvent<'user.created'>) {
    await Promise.resolve(event.user_id);
  }

  @OnPropelAuthEvent('user.created', 'user.deleted')
  ofAny(event: PropelAuthEvent) {
    return event;
  }

  @OnPropelAuthEvent('org.deleted')
  withoutEvent() {}

  // @ts-expect-error -- no such event
  @OnPropelAuthEvent('user.create')
  misspelt() {}

  // @ts-expect-error -- it would get another event than it takes
  @OnPropelAuthEvent('user.deleted')
  another(event: PropelAuthEvent<'user.created'>) {
    return event.email;
  }

  // @ts-expect-error -- it would get events that it does not take
  @OnPropelAuthEvent('user.created', 'user.deleted')
  tooNarrow(event: PropelAuthEvent<'user.created'>) {
    return event.email;
  }

  // @ts-expect-error -- nobody passes a second argument
  @OnPropelAuthEvent('user.deleted')
  two(event: PropelAuthEvent<'user.deleted'>, id: string) {
    return [event, id];
  }
}

export async function receive(
  webhooks: PropelAuthWebhooks,
  incoming: IncomingMessage & { rawBody?: Buffer },
  fetched: Request,
) {
  await webhooks.receive({ headers: incoming.headers, rawBody: incoming.rawBody });
  await webhooks.receive({ headers: fetched.headers, rawBody: await fetched.text() });
  // @ts-expect-error -- the body is missing, so nothing can be verified
  await webhooks.receive({ headers: incoming.headers });
  // @ts-expect-error -- a parsed body
  await webhooks.receive({ headers: incoming.headers, rawBody: { event_type: 'user.created' } });
}

export const path: WebhooksOptions = { secret: 'whsec_', path: '/webhooks' };
export const own: WebhooksOptions = { secret: ['whsec_'], receive: 'own', maxBodyBytes: 2_000 };
// @ts-expect-error -- events arrive nowhere
export const neither: WebhooksOptions = { secret: 'whsec_' };
// @ts-expect-error -- events arrive at one place
export const both: WebhooksOptions = { secret: 'whsec_', path: '/webhooks', receive: 'own' };
