import * as fc from 'fast-check';
import { ISSUER, NOW, type JsonObject } from '../support/forge.js';

/** Generators of the claims that PropelAuth puts into access tokens, of every kind. */

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('Ünï çødé', '東京', '👩‍👩‍👧', 'a"b\\c', '</script>', 'toString'),
);

export const role = fc.constantFrom('Owner', 'Admin', 'Member', 'Billing Manager', 'admin', '役割');
export const permission = fc.constantFrom(
  'can_view_billing',
  'can_edit_billing',
  'propelauth::can_invite',
  'レポート',
  'length',
);

const orgId = fc.oneof(
  { weight: 4, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: fc.constantFrom('org_42', 'größe', '0', 'length', 'name') },
);

/** A claim that may be absent, and may say so with `null`. */
function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> {
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
  );
}

const freeObject = fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });

const naming = {
  org_id: orgId,
  org_name: text,
  url_safe_org_name: text,
  org_metadata: freeObject,
  legacy_org_id: optional(text),
  user_permissions: fc.uniqueArray(permission),
};

/** One role in a hierarchy: what is below it is inherited. */
const singleRole = fc
  .record({
    ...naming,
    org_role_structure: fc.constantFrom('single_role_in_hierarchy', null, undefined),
    hierarchy: fc.uniqueArray(role, { minLength: 1 }),
    additional_roles: fc.constantFrom([], null, undefined),
  })
  .map(({ hierarchy, ...membership }) => ({
    ...membership,
    user_role: hierarchy[0],
    inherited_user_roles_plus_current_role: hierarchy,
  }));

const multiRole = fc.record({
  ...naming,
  org_role_structure: fc.constant('multi_role'),
  user_role: role,
  inherited_user_roles_plus_current_role: fc.uniqueArray(role),
  additional_roles: fc.uniqueArray(role),
});

export const membership: fc.Arbitrary<JsonObject & { org_id: string }> = fc.oneof(
  singleRole,
  multiRole,
);

const organizations: fc.Arbitrary<JsonObject> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(membership, { maxLength: 4, selector: ({ org_id }) => org_id })
      .map((memberships) => ({
        org_id_to_org_member_info: Object.fromEntries(
          memberships.map((entry) => [entry.org_id, entry]),
        ),
      })),
  },
  { weight: 2, arbitrary: membership.map((entry) => ({ org_member_info: entry })) },
  { weight: 1, arbitrary: fc.constant({}) },
);

const loginMethod = fc.oneof(
  fc.constantFrom(
    { login_method: 'password' },
    { login_method: 'magic_link' },
    { login_method: 'email_confirmation_link' },
    { login_method: 'impersonation' },
    { login_method: 'generated_from_backend_api' },
    { login_method: 'unknown' },
    { login_method: 'a_method_of_tomorrow' },
    {},
  ),
  fc.record({ login_method: fc.constant('social_sso'), provider: fc.constant('Google') }),
  fc.record({
    login_method: fc.constant('saml_sso'),
    provider: fc.constant('Okta'),
    org_id: orgId,
  }),
);

const times = fc
  .record({
    age: fc.double({ min: 0, max: 86_400, noNaN: true }),
    left: fc.integer({ min: 1, max: 1800 }),
    nbf: fc.constantFrom(undefined, undefined, 0, NOW - 1, NOW),
    whole: fc.boolean(),
  })
  .map(({ age, left, nbf, whole }) => ({
    iat: NOW - (whole ? Math.floor(age) : age),
    exp: NOW + left,
    nbf,
  }));

export const validClaims: fc.Arbitrary<JsonObject> = fc
  .tuple(
    times,
    fc.record({
      iss: fc.constant(ISSUER),
      user_id: fc.uuid(),
      email: optional(fc.emailAddress()),
      first_name: optional(text),
      last_name: optional(text),
      username: optional(text),
      properties: optional(freeObject),
      legacy_user_id: optional(text),
      impersonator_user_id: fc.option(fc.uuid()),
      login_method: optional(loginMethod),
      claim_of_tomorrow: fc.jsonValue({ maxDepth: 1 }),
    }),
    organizations,
  )
  .map(([registered, personal, orgs]) => ({ ...registered, ...personal, ...orgs }));
