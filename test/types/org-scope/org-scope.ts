import type { OrgMemberInfo, User } from 'nestjs-propelauth';
import type { CallerContext, OrgScope } from 'nestjs-propelauth/cls';
import { expectType, type Equal } from '../equality.js';

/** What a repository takes. */
declare function list(org: OrgScope): string[];

declare const caller: CallerContext;
declare const user: User;
declare const orgId: string;
declare const member: OrgMemberInfo;

expectType<Equal<ReturnType<CallerContext['requireOrg']>, OrgScope>>();
list(caller.requireOrg());
caller.run({ org: { orgId } }, () => list(caller.requireOrg()));
// It is a membership as well.
const also: OrgMemberInfo = caller.requireOrg();
const asText: string = caller.requireOrg().orgId;

// @ts-expect-error -- an id from elsewhere in the request
list(orgId);
// @ts-expect-error -- an id in an object
list({ orgId });
// @ts-expect-error -- an organization of the user, which the request may not be about
list(user.getOrg(orgId)!);
// @ts-expect-error -- the active organization of the token, which no rule has checked
list(user.getActiveOrg()!);
// @ts-expect-error -- a membership that anything may have made
list(member);
// @ts-expect-error -- there may be none
list(caller.org!);
// @ts-expect-error -- an organization of the caller has an id
caller.run({ org: {} }, () => {});
// @ts-expect-error -- a caller has no such property
caller.run({ orgId }, () => {});

// @ts-expect-error -- a copy with an id from elsewhere in the request
list({ ...caller.requireOrg(), orgId }); // oxlint-disable-line typescript/no-misused-spread -- that it is no OrgScope is the point

export { also, asText };
