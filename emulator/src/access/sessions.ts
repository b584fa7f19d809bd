import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, setSignedCookie } from 'hono/cookie';
import { parseSigned } from 'hono/utils/cookie';
import type { Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** A browser in which a user is signed in. */
export interface BrowserSession {
  readonly user: UserRecord;
  /** When the user signed in, in milliseconds since 1970. */
  readonly begunAt: number;
}

/** Who is signed in to a browser. It is in a signed cookie, so that it outlives a restart. */
export class Sessions {
  readonly #project: Project;
  readonly #key: string;
  readonly #cookie: string;

  /** @param key signs the cookies; browsers send cookies to all servers of a hostname, so that the key also names them */
  constructor(project: Project, key: string) {
    this.#project = project;
    this.#key = key;
    const id = createHash('sha256').update(`cookie ${key}`).digest('hex').slice(0, 16);
    this.#cookie = `propelauth_session_${id}`;
  }

  /** The user who is signed in; `undefined` also if the user is disabled or deleted, or signed out everywhere. */
  async userOf(context: Context): Promise<UserRecord | undefined> {
    return (await this.sessionOf(context))?.user;
  }

  /** The session of {@link userOf}. */
  async sessionOf(context: Context): Promise<BrowserSession | undefined> {
    const value = await this.readCookie(context);
    if (value === undefined) return undefined;
    const { userId, begunAt } = JSON.parse(value) as { userId: string; begunAt: number };
    const user = this.#project.users.get(userId);
    const isExpired = begunAt + LIFETIME_SECONDS * 1000 <= Date.now();
    if (isExpired || !user?.enabled || this.#project.hasEndedSession(userId, begunAt)) {
      return undefined;
    }
    return { user, begunAt };
  }

  async signIn(context: Context, { user_id: userId }: UserRecord): Promise<void> {
    const session = JSON.stringify({ userId, begunAt: Date.now() });
    await setSignedCookie(context, this.#cookie, session, this.#key, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: LIFETIME_SECONDS,
    });
    this.#project.noteSignIn(userId);
  }

  signOut(context: Context): void {
    deleteCookie(context, this.#cookie, { path: '/' });
  }

  /** A request can have several cookies of one name: other servers of this hostname set them, too. One of them is signed. */
  private async readCookie(context: Context): Promise<string | undefined> {
    for (const cookie of (context.req.header('cookie') ?? '').split(';')) {
      const { [this.#cookie]: value } = await parseSigned(cookie, this.#key, this.#cookie);
      if (typeof value === 'string') return value;
    }
    return undefined;
  }
}
