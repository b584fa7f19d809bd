import * as v from 'valibot';
import type { JsonObject } from '../json-object.js';
import { ok, okIf, type BackendResponse } from './backend-response.js';
import { endpointsOf, type BackendRequest, type Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { assertField, COUNT, fieldsOf, FLAG, OBJECT, STRING, STRINGS, TEXT } from './fields.js';
import { pageOf } from './page.js';
import type { OrgRecord } from '../project/records.js';
import { listedOrgView, orgView } from './views.js';

const SETTINGS = {
  domain: v.optional(TEXT),
  max_users: v.optional(COUNT),
  legacy_org_id: v.optional(STRING),
  custom_role_mapping_name: v.optional(STRING),
};

const NEW_ORG = {
  ...SETTINGS,
  name: TEXT,
  enable_auto_joining_by_domain: v.optional(FLAG),
  members_must_have_matching_domain: v.optional(FLAG),
};

const NUMBER = v.number('Must be a number');

const ORG_CHANGES = {
  ...SETTINGS,
  name: v.optional(TEXT),
  metadata: v.optional(OBJECT),
  extra_domains: v.optional(STRINGS),
  autojoin_by_domain: v.optional(FLAG),
  restrict_to_domain: v.optional(FLAG),
  can_setup_saml: v.optional(FLAG),
  password_rotation_enabled: v.optional(FLAG),
  password_rotation_history_size: v.optional(NUMBER),
  password_rotation_period: v.optional(NUMBER),
};

const ORG_QUERY = {
  name: v.optional(STRING, ''),
  domain: v.optional(STRING),
  legacy_org_id: v.optional(STRING),
  order_by: v.optional(STRING, 'CREATED_AT_ASC'),
};

/** Organizations: find, create, update and delete. */
export function addOrgEndpoints(api: Endpoints, project: Project): void {
  const onOrg = endpointsOf((orgId) => project.orgs.get(orgId));
  api.GET('/custom_role_mappings', 'fetchCustomRoleMappings', listRoleMappings);
  // PropelAuth's clients for Python and Rust send a query, the one for Node.js a body.
  api.GET('/org/query', 'fetchOrgByQuery', ({ query }) => findOrgs(query));
  api.POST('/org/query', 'fetchOrgByQuery', ({ body }) => findOrgs(body));
  api.GET(
    '/org/:orgId',
    'fetchOrg',
    onOrg((org) => ok(orgView(org))),
  );
  api.POST('/org/', 'createOrg', createOrg);
  api.PUT('/org/:orgId', 'updateOrg', onOrg(updateOrg));
  api.POST(
    '/org/:orgId/allow_saml',
    'allowOrgToSetupSamlConnection',
    onOrg((org) => update(org, { can_setup_saml: true })),
  );
  api.POST(
    '/org/:orgId/disallow_saml',
    'disallowOrgToSetupSamlConnection',
    onOrg((org) => update(org, { can_setup_saml: false })),
  );
  api.DELETE('/org/:orgId', 'deleteOrg', (_request, orgId) => okIf(project.removeOrg(orgId)));

  function findOrgs(request: JsonObject): BackendResponse {
    const { name, domain, legacy_org_id: legacyId, order_by: order } = fieldsOf(request, ORG_QUERY);
    const orgs = [...project.orgs.values()]
      .filter((org) => org.name.toLowerCase().includes(name.toLowerCase()))
      .filter((org) => domain === undefined || org.domain === domain)
      .filter((org) => legacyId === undefined || org.legacy_org_id === legacyId)
      .toSorted(ORG_ORDERS.get(order));
    return pageOf('orgs', orgs, request, listedOrgView);
  }

  function listRoleMappings(): BackendResponse {
    const mappings = [...project.roleMappings.keys()].map((name) => ({
      custom_role_mapping_name: name,
      num_orgs_subscribed: project.orgsWithMapping(name).size,
    }));
    return ok({ custom_role_mappings: mappings });
  }

  function createOrg({ body }: BackendRequest): BackendResponse {
    const {
      enable_auto_joining_by_domain: autojoins,
      members_must_have_matching_domain: restricts,
      ...fields
    } = fieldsOf(body, NEW_ORG);
    assertRoleMapping(fields);
    const org = project.addOrg({
      ...fields,
      domain_autojoin: autojoins,
      domain_restrict: restricts,
    });
    return ok({ org_id: org.org_id, name: org.name });
  }

  /** `subscribeOrgToRoleMapping()` sends the same request. */
  function updateOrg(org: OrgRecord, { body }: BackendRequest): BackendResponse {
    const {
      autojoin_by_domain: autojoins = org.domain_autojoin,
      restrict_to_domain: restricts = org.domain_restrict,
      ...changes
    } = fieldsOf(body, ORG_CHANGES);
    assertRoleMapping(changes);
    return update(org, { ...changes, domain_autojoin: autojoins, domain_restrict: restricts });
  }

  function assertRoleMapping({ custom_role_mapping_name: name }: Partial<OrgRecord>): void {
    const isKnown = name === undefined || project.roleMappings.has(name);
    assertField(isKnown, 'custom_role_mapping_name', 'Unknown role mapping');
  }

  function update(org: OrgRecord, change: Partial<OrgRecord>): BackendResponse {
    project.updateOrg(org, change);
    return ok();
  }
}

const ORG_ORDERS = new Map<string, (one: OrgRecord, other: OrgRecord) => number>([
  ['CREATED_AT_ASC', (one, other) => one.created_at - other.created_at],
  ['CREATED_AT_DESC', (one, other) => other.created_at - one.created_at],
  ['NAME', (one, other) => one.name.localeCompare(other.name)],
]);
