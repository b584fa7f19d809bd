import { hashOf, newToken, oneLine } from '../texts.js';
import type { UserRecord } from './records.js';
import { Table } from './table.js';

/** Where links lead. */
export const LINK_PATH = '/propelauth/magic_link';

const LIFETIME_HOURS = 24;
const MAXIMUM_LINKS = 1_000;
const MAXIMUM_MESSAGES = 100;
const MAXIMUM_SUBJECT_LENGTH = 200;

/** A link that signs in, once. Whoever has it can read what is sent to its address. */
export interface LinkRecord {
  readonly email: string;
  /** None for an invitation, which may be for someone who has not signed up. */
  readonly userId?: string;
  /** The organization of an invitation. */
  readonly orgId?: string;
  /** Whether the address replaces the one of the user. */
  readonly isNewEmail?: boolean;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

interface NewLink extends Omit<LinkRecord, 'expiresAt'> {
  readonly hours?: number;
  /** Where the browser goes then, as the parameter of that name. */
  readonly rt?: string;
}

export interface Message {
  readonly to: string;
  readonly subject: string;
  /** The path of its link. */
  readonly path: string;
}

/** What PropelAuth would have mailed. Only the links outlive the process, each by the hash of its token. */
export class Outbox {
  readonly links = new Table<LinkRecord>();
  readonly #linksByUser = this.links.indexBy(({ userId }) => userId);
  readonly #messages: Message[] = [];

  /** The latest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  send(subject: string, link: NewLink): void {
    const shown = oneLine(subject.slice(0, MAXIMUM_SUBJECT_LENGTH));
    this.#messages.unshift({ to: link.email, subject: shown, path: this.addLink(link) });
    if (this.#messages.length > MAXIMUM_MESSAGES) this.#messages.pop();
  }

  /** @returns the path of a new link */
  addLink({ hours = LIFETIME_HOURS, rt, ...link }: NewLink): string {
    const token = newToken();
    this.links.set(hashOf(token), { ...link, expiresAt: Date.now() + hours * 3_600_000 });
    const [oldest = ''] = this.links.keys();
    if (this.links.size > MAXIMUM_LINKS) this.links.delete(oldest);
    const parameters = new URLSearchParams({ token, ...(rt !== undefined && { rt }) });
    return `${LINK_PATH}?${parameters.toString()}`;
  }

  find(token: string): LinkRecord | undefined {
    const link = this.links.get(hashOf(token));
    return link !== undefined && link.expiresAt > Date.now() ? link : undefined;
  }

  endLink(token: string): void {
    this.links.delete(hashOf(token));
  }

  endLinksOf(userId: string): void {
    for (const id of this.#linksByUser(userId).keys()) this.links.delete(id);
  }

  clear(): void {
    this.#messages.length = 0;
    this.links.clear();
  }
}

/** What signs a user in. */
export function linkTo({ user_id: userId, email }: UserRecord): NewLink {
  return { userId, email };
}
