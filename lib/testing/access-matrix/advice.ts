/** The advice for a call that reached the handler without a decision of the guard. */
export const LOST_RULE =
  'No guard of nestjs-propelauth decided about these calls, so the rule is not enforced. Check what replaces ' +
  'PropelAuthGuard, and what wraps, copies or replaces the class or its method.';

/** The advice for a call that reached the handler although the guard rejected it. */
export const IGNORED_REJECTION =
  'The guard rejected these calls, but they still reached the handler. Check for a guard that extends or calls ' +
  'PropelAuthGuard and catches its exceptions.';

/** The advice for a call that the guard itself allowed. */
export const OTHER_GUARD =
  'The guard allowed these calls. Check what replaces PropelAuthGuard or another provider of nestjs-propelauth.';

export const SHADOWED =
  'The other handler is registered first, and its path matches the same requests. Change one of the paths, register ' +
  'this handler first, or return values from argsFor that only this path matches.';

export const REPLACED =
  'The class replaces the method with a function whose rules cannot be found. Check its constructor for assignments ' +
  'such as this.list = this.other.bind(this).';

/** The advice for a call that the guard decided, but whose client got no response. */
export const UNANSWERED =
  'The guard decided, but the client gets no response, so no other caller was tried. Check that the exception filters ' +
  'respond to every exception, even one with status 200, and override interceptors that keep the response.';

export const DEFINED_TWICE =
  'Both classes have the same name, and the other class has replaced this one. Rename or remove one of them.';

const LIMITED =
  'A rate limiter rejects these calls. Override its guard in the test: overrideProvider(ThrottlerGuard).useValue({ ' +
  'canActivate: () => true }), or overrideGuard().';

const OVERRIDE =
  'In the test, override the guard with overrideGuard(OtherGuard).useValue({ canActivate: () => true }); for a global guard, register { ' +
  'provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard)';

/** The effect in production comes first, because the other guard may be meant to reject the callers. */
function guardInFront(status: string): string {
  return (
    'Another guard or a middleware rejects these callers before the rule is checked; if it also runs in production, ' +
    `they get ${status} there. ${OVERRIDE}; or return the headers that it needs from argsFor.`
  );
}

/** The beginning of a GraphQL response in words, if the response has no status. */
export const GRAPHQL_ERROR = 'a GraphQL error';

const FAILS_IN_GRAPHQL =
  'Another guard rejects these callers, or something fails before the rule is checked; if it also runs in production, ' +
  `the same happens there. ${OVERRIDE}.`;

const NOT_FOUND =
  'No route matches the call. Return the parameters, host or version that it needs from argsFor, or list the handler ' +
  'in except.';

const FAILS =
  'A middleware or another guard fails before the rule is checked. See the log of the application.';

const SILENT =
  'A middleware or another guard does not respond. Override it in the test, or list the handler in except.';

const ELSEWHERE =
  'A middleware or another guard responds before the rule is checked. Return what it needs from argsFor, or override ' +
  'it in the test.';

const ADVICE_BY_STATUS = new Map([
  ['401', guardInFront('401')],
  ['403', guardInFront('403')],
  ['404', NOT_FOUND],
  ['429', LIMITED],
]);

/** The advice for the response that a client got before the guard decided. `undefined` means no response. */
export function adviceOnAnswer(response: string | undefined): string {
  if (response === undefined) return SILENT;
  if (response.startsWith(GRAPHQL_ERROR)) return FAILS_IN_GRAPHQL;
  const status = response.slice(0, 3);
  return ADVICE_BY_STATUS.get(status) ?? (status >= '500' ? FAILS : ELSEWHERE);
}

const TOKEN_ELSEWHERE =
  'The guard finds no credential. If a tokenSource reads the token from a place other than the Authorization header, ' +
  'return it there from argsFor.';

const ORG_ELSEWHERE =
  'The guard finds a different organization than the call names. If your own source finds it, return its id from ' +
  'orgFor, and the values that the source reads from argsFor.';

const DIFFERS =
  'The guard checks more than describeAccess() shows. Check what replaces PropelAuthGuard or another provider of ' +
  'nestjs-propelauth.';

const ADVICE_BY_REASON = new Map([
  ...['token_missing', 'token_malformed', 'credential_missing', 'api_key_missing'].map(
    (reason) => [reason, TOKEN_ELSEWHERE] as const,
  ),
  ...['org_missing', 'org_mismatch', 'not_a_member'].map(
    (reason) => [reason, ORG_ELSEWHERE] as const,
  ),
]);

/**
 * The advice for a caller who may call, but is rejected by the guard.
 *
 * @param reason the reason of the rejection
 * @param error the package's own message, for the reason `error`
 */
export function adviceOnRejection(reason: string, error?: string): string {
  if (reason === 'error') {
    return `A function of the application throws, or a setting is missing: ${error ?? 'see the log of the application.'}`;
  }
  return ADVICE_BY_REASON.get(reason) ?? DIFFERS;
}
