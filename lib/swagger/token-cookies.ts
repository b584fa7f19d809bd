import type { ResolvedOptions } from '../options/resolved-options.js';
import type { Policies } from '../rules/policies.js';
import { builtInTokenSourceOf } from '../transports/built-in-token-sources.js';
import type { MarkedOperation } from './operation-markers.js';
import type { SecuritySchemes } from './security-schemes.js';

/** Knows the routes that accept the access token in a cookie. */
export class TokenCookies {
  /** The schemes of these cookies, as far as operations have asked for them. */
  readonly schemes: SecuritySchemes = {};

  constructor(
    private readonly policies: Policies,
    private readonly options: ResolvedOptions,
  ) {}

  /** The scheme of the cookie that a route reads, and whether a header may contain the token instead; `undefined` without a cookie. */
  of({ controller, handler }: MarkedOperation): { scheme: string; orHeader: boolean } | undefined {
    const { tokenSources } = this.policies.ofHandler(controller, handler);
    const source = tokenSources[0] ?? this.options.tokenSource;
    const { cookie, readsHeader = false } = (source && builtInTokenSourceOf(source)) ?? {};
    if (cookie === undefined) return undefined;
    // Names of components have fewer characters than those of cookies.
    const scheme = `cookie.${cookie.replaceAll(/[^\w.-]/g, '_')}`;
    this.schemes[scheme] = {
      type: 'apiKey',
      in: 'cookie',
      name: cookie,
      description:
        'An access token of PropelAuth in a cookie. Browsers send it by themselves with requests of this origin.',
    };
    return { scheme, orHeader: readsHeader };
  }
}
