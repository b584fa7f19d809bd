import type { IncomingMessage } from 'node:http';
import { LocalCookie } from '../access/local-cookie.js';
import { isSame, type LocalSecret } from '../access/local-secret.js';
import type { LocalProject, ProjectUser } from '../local-project.js';

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** What the cookie says. */
interface Session {
  readonly userId: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Who is signed in to a browser. It is in a cookie, signed with the secret of the project, so that it outlives a restart, and ends when
 * the secret changes.
 */
export class LocalSessions {
  readonly #cookie: LocalCookie;
  readonly #secret: LocalSecret;

  /** @param projectId distinguishes the cookies of projects */
  constructor(
    private readonly project: LocalProject,
    secret: LocalSecret,
    projectId: string,
  ) {
    this.#secret = secret;
    this.#cookie = new LocalCookie(`propelauth_session_${projectId}`, project.issuer.authUrl);
  }

  /** The user who is signed in; `undefined` also if the user is disabled or deleted. */
  userOf(request: IncomingMessage): ProjectUser | undefined {
    const sessions = this.#cookie.valuesIn(request).map((value) => this.read(value));
    const session = sessions.find((each) => each !== undefined && each.expiresAt > Date.now());
    return this.project.users.find(({ userId }) => userId === session?.userId);
  }

  /** The value of a `Set-Cookie` header that signs a user in. */
  cookieFor({ userId }: ProjectUser): string {
    const session: Session = { userId, expiresAt: Date.now() + LIFETIME_SECONDS * 1000 };
    const content = Buffer.from(JSON.stringify(session)).toString('base64url');
    return this.#cookie.headerFor(`${content}.${this.signatureOf(content)}`, LIFETIME_SECONDS);
  }

  /** The value of a `Set-Cookie` header that signs the user out. */
  get removal(): string {
    return this.#cookie.removal;
  }

  private read(value: string): Session | undefined {
    const [content = '', signature = ''] = value.split('.');
    if (!isSame(signature, this.signatureOf(content))) return undefined;
    return JSON.parse(Buffer.from(content, 'base64url').toString()) as Session;
  }

  private signatureOf(content: string): string {
    return this.#secret.sign(`session ${content}`);
  }
}
