import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/access-descriptions.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { Policies } from '../../rules/policies.js';
import { builtInTokenSourceOf } from '../../transports/built-in-token-sources.js';

/** The cookie in which calls of a handler have their access token; `undefined` if that is in a header. */
export function tokenCookieOf(
  { subject: { controller, handler } }: DescribedHandler,
  app: INestApplicationContext,
): string | undefined {
  const { tokenSources } = app.get(Policies, { strict: false }).ofHandler(controller, handler);
  const [source = app.get(ResolvedOptions, { strict: false }).tokenSource] = tokenSources;
  const reads = source && builtInTokenSourceOf(source);
  return reads?.readsHeader === true ? undefined : reads?.cookie;
}
