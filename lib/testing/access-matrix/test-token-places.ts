import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { TokenSource } from '../../options/token-source.interface.js';
import { Policies } from '../../rules/policies.js';
import { builtInTokenSourceOf } from '../../transports/built-in-token-sources.js';

/** Where calls of a handler have their access token. */
export interface TokenPlace {
  /** The cookie that is the only place. */
  readonly cookie?: string;
  /** Whether a function of the application finds the token: it may look anywhere, and prefer one of two. */
  readonly isOwn: boolean;
}

export function tokenPlaceOf(
  { access, subject }: DescribedHandler,
  app: INestApplicationContext,
): TokenPlace {
  // Handlers for MCP clients or API keys alone read no cookie.
  if (['mcp', 'api-key'].includes(access.access)) return { isOwn: false };
  const { tokenSources } = app
    .get(Policies, { strict: false })
    .ofHandler(subject.controller, subject.handler);
  const [source = app.get(ResolvedOptions, { strict: false }).tokenSource] = tokenSources;
  return source === undefined ? { isOwn: false } : placeOf(source);
}

function placeOf(source: TokenSource): TokenPlace {
  const reads = builtInTokenSourceOf(source);
  if (reads === undefined) return { isOwn: true };
  const { cookie, readsHeader } = reads;
  return { isOwn: false, ...(cookie !== undefined && !readsHeader && { cookie }) };
}
