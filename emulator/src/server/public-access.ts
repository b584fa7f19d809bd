import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { isOwnForm } from '../access/origins.js';
import { markup } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { redirectTo, sendPage } from '../pages/page-response.js';
import { isSameSecret } from '../texts.js';

/** How others than the programs and browsers of this machine reach the emulator. */
export interface PublicAccess {
  /** The origin of the option `--public-url`. */
  readonly origin: string;
  /** What the terminal prints, and pages ask for. */
  readonly secret: string;
}

/** What programs ask for. These endpoints have credentials of their own, or say nothing of users. */
const FOR_PROGRAMS =
  /^\/(api\/backend\/v1\/|api\/v1\/token_verification_metadata$|\.well-known\/|oauth\/2\.1\/(token|register|introspect)$|propelauth\/(oauth\/(token|userinfo)|ssr\/token)$)/;
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;
const KNOWN = 'known';

/** Asks browsers for the secret, and remembers in a cookie that they had it: whoever reaches a page can sign in as anyone. */
export function withSecret({ origin, secret }: PublicAccess): MiddlewareHandler {
  const id = createHash('sha256').update(`access ${secret}`).digest('hex').slice(0, 16);
  const cookie = `propelauth_access_${id}`;
  return async (context, next) => {
    const { url, method } = context.req.raw;
    if (method === 'OPTIONS' || FOR_PROGRAMS.test(new URL(url).pathname)) return next();
    if ((await getSignedCookie(context, secret, cookie)) === KNOWN) return next();
    if (method === 'POST' && isOwnForm(context)) {
      const { secret: given } = await context.req.parseBody();
      if (typeof given === 'string' && isSameSecret(given.trim(), secret)) {
        await setSignedCookie(context, cookie, KNOWN, secret, {
          path: '/',
          httpOnly: true,
          sameSite: 'Lax',
          secure: origin.startsWith('https:'),
          maxAge: LIFETIME_SECONDS,
        });
        return redirectTo(context, url);
      }
    }
    return sendPage(context, 401, SECRET_PAGE);
  };
}

const SECRET_PAGE = page(
  'Secret of the emulator',
  markup`<p>Its terminal prints the secret for other machines.</p>
    <form method="post">
      <label>Secret <input type="password" name="secret" autocomplete="off" required></label>
      <button>Go on</button>
    </form>`,
);
