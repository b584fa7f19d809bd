import type { default as Provider, KoaContextWithOIDC } from 'oidc-provider';
import { registeredMetadata } from './client-registration.js';
import { INACTIVE, type IntrospectionResponse } from './introspection-response.js';

/** What the responses are made of. */
export interface ResponseParts {
  readonly provider: Provider;
  /** The only client that may introspect tokens: the resource server. */
  readonly introspectingClientId: string;
  readonly introspect: (token: string) => Promise<IntrospectionResponse>;
}

/** Makes what `oidc-provider` responds what PropelAuth responds. */
export async function shapeResponse(ctx: KoaContextWithOIDC, parts: ResponseParts): Promise<void> {
  switch (ctx.oidc?.route) {
    case 'resume':
      return removeSessionCookie(ctx, parts.provider);
    case 'registration':
      if (ctx.status === 201) ctx.body = registeredMetadata(ctx.body as Record<string, unknown>);
      return;
    case 'introspection':
      return respondToIntrospection(ctx, parts);
  }
}

/** Nothing is kept of a session: each authorization request asks who the user is. */
function removeSessionCookie(ctx: KoaContextWithOIDC, provider: Provider): void {
  const cookies = ctx.res.getHeader('Set-Cookie');
  // None after an error.
  if (!Array.isArray(cookies)) return;
  const name = provider.cookieName('session');
  ctx.res.setHeader(
    'Set-Cookie',
    cookies.filter((cookie) => !cookie.startsWith(name)),
  );
}

async function respondToIntrospection(
  ctx: KoaContextWithOIDC,
  { introspectingClientId, introspect }: ResponseParts,
): Promise<void> {
  if (ctx.status === 200) {
    const isAllowed = ctx.oidc.client?.clientId === introspectingClientId;
    ctx.body = isAllowed ? await introspect(String(ctx.oidc.params?.['token'])) : INACTIVE;
  } else if (isAboutJwt(ctx)) {
    ctx.status = 200;
    ctx.body = INACTIVE;
  }
}

/** For a JWT, `oidc-provider` responds with an error, instead of as RFC 7662 requires. */
function isAboutJwt({ status, body }: KoaContextWithOIDC): boolean {
  return status === 400 && (body as { error?: unknown }).error === 'unsupported_token_type';
}
