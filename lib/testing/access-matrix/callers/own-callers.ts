import { pathParametersOf } from '../../../startup/application/path-parameters.js';
import type { CoreKind } from '../../../callers/core-kind.js';
import { isBearer } from '../../../callers/credential-places.js';
import { CannotCall } from '../finding.js';
import {
  altered,
  cookieHeaders,
  rejectedCallers,
  type Credentials,
  type TestCaller,
} from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import { callersByRules } from './rule-callers.js';

/**
 * Callers of one of the application's own kinds, whose credentials the option `credentials` returns.
 *
 * @throws {CannotCall} if it has no function for the kind, returns no credential for an allowed caller, or one for callers who differ
 */
export async function ownCallers(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]> {
  const { name } = kind;
  const credentialFor = setup.credentials[name];
  if (credentialFor === undefined) {
    throw new CannotCall(
      `It accepts the kind '${name}', whose credentials toHold() does not have. Return them: toHold({ credentials: { '${name}': ({ orgId, ` +
        'scopes }) => … } }).',
    );
  }
  const { description } = setup.handler;
  const { path = '' } = description;
  const { names } = setup.accounts.emulator.issuer.roles;
  const noun = `a caller with the ${name.replaceAll('-', ' ')} credential`;
  const texts: string[] = [];
  const callers = await callersByRules(setup, kind, {
    noun,
    memberNoun: `${noun} of a member`,
    async credentialsFor({ org, membership, scopes = [], metadata = {} }) {
      const { role, permissions = [] } = membership ?? {};
      const text = await credentialFor({
        handler: description,
        orgId: org.orgId,
        ...(role !== undefined && { role }),
        inheritedRoles: role === undefined ? [] : names.slice(names.indexOf(role) + 1),
        permissions,
        scopes,
        metadata,
      });
      if (text === undefined) return undefined;
      texts.push(text);
      return credentialsOf(kind, text, path);
    },
  });
  const allowed = texts[callers.findIndex(({ mayCall }) => mayCall)];
  if (allowed === undefined || new Set(texts).size < texts.length) {
    throw new CannotCall(
      `credentials['${name}'] returns no credential for an allowed caller, or one for callers who differ. Return one for each caller, with ` +
        'exactly the access that is asked for, or undefined for access that the kind can never have.',
    );
  }
  const credentials = credentialsOf(kind, altered(allowed), path);
  return [
    ...callers.map((caller) => ({ ...caller, ownKind: name })),
    ...rejectedCallers({ [`${noun}, altered`]: credentials }),
  ];
}

/** The credential in the first place that calls of the path have. */
function credentialsOf({ credential }: CoreKind, text: string, path: string): Credentials {
  const parameters = pathParametersOf(path);
  const place = credential.find((one) => !('path' in one) || parameters.includes(one.path));
  if (place === undefined) return {};
  if ('path' in place) return { params: { [place.path]: text } };
  if ('query' in place) return { query: { [place.query]: text } };
  if ('header' in place) return { headers: { [place.header]: text } };
  if ('cookie' in place) return { headers: cookieHeaders(place.cookie, text) };
  // A JWT is sent like the access token of a user: in the header or the cookie.
  return 'claims' in place && isBearer(place)
    ? { token: text }
    : { headers: { authorization: `${place.scheme} ${text}` } };
}
