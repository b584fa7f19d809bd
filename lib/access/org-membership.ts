import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { OrgReference, OrgSource } from '../options/org-source.interface.js';
import { OrgRefusal } from './org-refusal.js';

/** The organizations that a caller is in, by their ids. */
export type Memberships = Readonly<Record<string, OrgMemberInfo>>;

/**
 * The membership of a caller in the organization that a request names.
 *
 * @param sources where the request names it; all have to name the same one
 * @throws {OrgRefusal} when it names none, different ones, or one that the caller is not in
 */
export function findNamedMembership(
  memberships: Memberships | undefined,
  sources: readonly OrgSource[],
  context: ExecutionContext,
): OrgMemberInfo {
  let membership: OrgMemberInfo | undefined;
  for (const source of sources) {
    const named = findMembership(memberships, referenceFrom(source, context));
    if (membership !== undefined && membership !== named) throw new OrgRefusal('org_mismatch');
    membership = named;
  }
  if (membership === undefined) throw new OrgRefusal('org_missing');
  return membership;
}

/**
 * The membership of a caller in the organization of that id.
 *
 * @throws {OrgRefusal} when the caller is not a member, or the id is not a plain string
 */
export function findMembershipById(
  memberships: Memberships | undefined,
  orgId: unknown,
): OrgMemberInfo {
  if (
    typeof orgId !== 'string' ||
    memberships === undefined ||
    !Object.hasOwn(memberships, orgId)
  ) {
    throw new OrgRefusal('not_a_member');
  }
  return memberships[orgId] as OrgMemberInfo;
}

/** @throws {TypeError} when a source, against its type, answers with a promise */
function referenceFrom(source: OrgSource, context: ExecutionContext): OrgReference | undefined {
  const reference: unknown = source(context);
  if (reference instanceof Promise) {
    // Nobody waits for it; if it is rejected, that must not end the process.
    reference.catch(() => {});
    throw new TypeError(
      'An org source returned a promise. Sources are synchronous; look up what takes time before, in a middleware.',
    );
  }
  return reference as OrgReference | undefined;
}

function findMembership(
  memberships: Memberships | undefined,
  reference: OrgReference | undefined,
): OrgMemberInfo {
  const { orgId, orgName } = reference ?? {};
  const byId = orgId === undefined ? undefined : findMembershipById(memberships, orgId);
  const byName = orgName === undefined ? undefined : findMembershipByName(memberships, orgName);
  if (byId !== undefined && byName !== undefined && byId !== byName)
    throw new OrgRefusal('org_mismatch');
  const membership = byId ?? byName;
  if (membership === undefined) throw new OrgRefusal('org_missing');
  return membership;
}

/** By URL-safe name, exactly. Names of organizations are unique; where they are not, no one is let in by name. */
function findMembershipByName(
  memberships: Memberships | undefined,
  orgName: unknown,
): OrgMemberInfo {
  const named = Object.values(memberships ?? {}).filter(
    ({ urlSafeOrgName }) => urlSafeOrgName === orgName,
  );
  if (typeof orgName !== 'string' || orgName === '' || named.length !== 1)
    throw new OrgRefusal('not_a_member');
  return named[0] as OrgMemberInfo;
}
