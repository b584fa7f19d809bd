import { pathParametersOf } from '../../../audit/application/path-parameters.js';
import type { CoreCallerKind } from '../../../callers/core-caller-kind.js';
import { CannotCall, CannotMakeCallers } from '../cannot-call.js';
import { rejected, type Credentials, type TestCaller } from '../test-caller.js';
import { callersByRules } from './callers-by-rules.js';
import type { CallerSetup } from './caller-setup.js';

/**
 * Callers of one of the application's own kinds, whose credentials the option `credentials` returns.
 *
 * @throws {CannotCall} if it returns none for an allowed caller
 * @throws {CannotMakeCallers} if it returns one for callers who differ
 */
export async function ownCallers(setup: CallerSetup, kind: CoreCallerKind): Promise<TestCaller[]> {
  const { name } = kind;
  const credentialFor = setup.credentials[name];
  // Without the option, the handler is reported, and its other callers are tried.
  if (credentialFor === undefined) return [];
  const noun = `a caller with the ${name.replaceAll('-', ' ')} credential`;
  const { description } = setup.handler;
  const { path = '' } = description;
  const texts: string[] = [];
  const callers = await callersByRules(setup, {
    kind: name,
    noun,
    memberNoun: `${noun} of a member`,
    async credentialsFor({ org, membership, ...needs }) {
      const { role, permissions = [] } = membership ?? {};
      const { names } = setup.accounts.issuer.roles;
      const text: unknown = await credentialFor({
        handler: description,
        orgId: org.orgId,
        ...(role !== undefined && { role }),
        inheritedRoles: role === undefined ? [] : names.slice(names.indexOf(role) + 1),
        permissions,
        ...needs,
      });
      if (text === undefined) return undefined;
      if (typeof text !== 'string') {
        throw new Error(
          `credentials['${name}'] of toHold() returns no text for ${description.name}.`,
        );
      }
      texts.push(text);
      return credentialsOf(kind, text, path);
    },
  });
  const shared = callers.filter((_caller, index) => {
    const text = texts[index] as string;
    return texts.indexOf(text) !== texts.lastIndexOf(text);
  });
  if (shared.length > 0) {
    const problem = `gets one credential from credentials['${name}'] for callers who differ`;
    const advice =
      'Return a credential for each of them, with exactly the access that is asked for, or undefined for access that the kind can never have.';
    throw new CannotMakeCallers(shared.map(({ what }) => ({ problem, caller: what, advice })));
  }
  const allowed = texts[callers.findIndex(({ mayCall }) => mayCall)];
  if (allowed === undefined) {
    throw new CannotCall(
      `credentials['${name}'] returns no credential for an allowed caller. Return one, or list the handler in except.`,
    );
  }
  const credentials = credentialsOf(kind, altered(allowed), path);
  return [
    ...callers.map((caller) => ({ ...caller, ownKind: name })),
    rejected({ what: `${noun}, altered`, credentials }),
  ];
}

/** The text with another character in the middle: the end of a signature may not count. */
function altered(text: string): string {
  const middle = Math.floor(text.length / 2);
  return (
    text.slice(0, middle) +
    (text[middle]?.toLowerCase() === 'a' ? 'b' : 'a') +
    text.slice(middle + 1)
  );
}

/** The credential in the first place that calls of the path have. */
function credentialsOf({ credential }: CoreCallerKind, text: string, path: string): Credentials {
  const parameters = pathParametersOf(path);
  const place = credential.find((one) => !('path' in one) || parameters.includes(one.path));
  if (place === undefined) return { tokens: [] };
  // A JWT is sent like the access token of a user: in the header or the cookie.
  if ('bearer' in place && place.bearer === 'jwt') return { tokens: [text] };
  return { tokens: [], own: { place, text } };
}
