import { forge, NOW, TOO_LARGE, TOO_SMALL, type JsonObject } from '../support/forge.js';
import { membershipIn } from '../support/claims.js';
import { ACME, ACME_ID, GLOBEX_ID } from '../support/project.js';
import { claimsWith, type TokenAttack } from './attack.js';

const NO_TIMES = ['', '0', String(NOW + 1800), true, [], [NOW + 1800], {}, TOO_LARGE, TOO_SMALL];
const NO_TEXT = [0, 1, true, false, [], ['text'], {}];
const NO_TEXTS = ['', 'Owner', 0, true, {}, { 0: 'Owner', length: 1 }, [1], [null], [['Owner']]];

/** Claims of the token itself with values that they must not have. */
const CLAIMS: [string, unknown[]][] = [
  ['exp', [undefined, null, ...NO_TIMES, 0, -1, -0.5, NOW - 61, -1e308]],
  ['iat', [undefined, null, ...NO_TIMES, NOW + 61, 1e15, 1e308]],
  ['nbf', [...NO_TIMES, NOW + 61, 1e15, 1e308]],
  ['user_id', [undefined, null, '', ...NO_TEXT]],
  ['email', NO_TEXT],
  ['username', NO_TEXT],
  ['legacy_user_id', NO_TEXT],
  ['impersonator_user_id', ['', ...NO_TEXT]],
  ['properties', ['', 'text', 0, true, [], [{}]]],
  ['login_method', ['', 'password', 0, true, [], [{}], { login_method: 1 }, { org_id: [ACME_ID] }]],
  ['org_member_info', ['', ACME_ID, 0, true, [], [membershipIn(ACME, 'Owner')], {}]],
  ['org_id_to_org_member_info', ['', ACME_ID, 0, true, [], [membershipIn(ACME, 'Owner')]]],
];

/** What stands in the place of a membership. */
const ENTRIES: unknown[] = ['', 'Owner', 0, 1, true, false, [], [membershipIn(ACME, 'Owner')], {}];

/** Claims of a membership with values that they must not have. */
const MEMBERSHIP_CLAIMS: [string, unknown[]][] = [
  ['org_id', [undefined, null, '', GLOBEX_ID, '__proto__', 'constructor', ...NO_TEXT]],
  ['org_name', NO_TEXT],
  ['url_safe_org_name', NO_TEXT],
  ['legacy_org_id', NO_TEXT],
  ['org_metadata', ['', 'text', 0, true, []]],
  ['org_role_structure', ['', 'matrix', 'toString', '__proto__', ...NO_TEXT]],
  ['user_role', NO_TEXT],
  ['inherited_user_roles_plus_current_role', NO_TEXTS],
  ['additional_roles', NO_TEXTS],
  ['user_permissions', NO_TEXTS],
];

/** Each is well signed: it shows what happens should PropelAuth ever be made to sign such a token. */
export const CLAIM_ATTACKS: TokenAttack[] = [
  ...CLAIMS.flatMap(([claim, values]) =>
    values.map((value) => attack(`${claim} is ${describe(value)}`, { [claim]: value })),
  ),
  ...ENTRIES.map((entry) =>
    attack(`a membership is ${describe(entry)}`, {
      org_id_to_org_member_info: { [ACME_ID]: entry },
    }),
  ),
  ...MEMBERSHIP_CLAIMS.flatMap(([claim, values]) =>
    values.flatMap((value) => {
      const membership = membershipIn(ACME, 'Owner', { [claim]: value });
      const name = `${claim} of a membership is ${describe(value)}`;
      return [
        attack(name, { org_id_to_org_member_info: { [ACME_ID]: membership } }),
        // What names another organization is a membership in that one when it stands alone.
        ...(value === GLOBEX_ID
          ? []
          : [attack(`${name}, the active one`, { org_member_info: membership })]),
      ];
    }),
  ),
];

function attack(what: string, changes: JsonObject): TokenAttack {
  return { name: `a signed token whose ${what}`, token: () => forge(claimsWith(changes)) };
}

function describe(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}
