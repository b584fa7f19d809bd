import { invalidFields, NOT_FOUND, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoint, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import {
  FieldChecks,
  isPositiveInteger,
  isText,
  objectOf,
  textOf,
  textsOf,
} from './field-checks.js';
import { pageOf } from './page.js';
import type { OrgRecord } from '../project/records.js';
import { listedOrgView, orgView } from './views.js';

/** Organizations: find, create, update and delete. */
export function addOrgEndpoints(api: Endpoints, project: Project): void {
  api.get('/custom_role_mappings', 'fetchCustomRoleMappings', listRoleMappings);
  api.get(
    '/org/:orgId',
    'fetchOrg',
    onOrg((org) => ok(orgView(org))),
  );
  api.post('/org/query', 'fetchOrgByQuery', findOrgs);
  api.post('/org/', 'createOrg', createOrg);
  api.put('/org/:orgId', 'updateOrg', onOrg(updateOrg));
  api.post(
    '/org/:orgId/allow_saml',
    'allowOrgToSetupSamlConnection',
    onOrg((org) => update(org, { can_setup_saml: true })),
  );
  api.post(
    '/org/:orgId/disallow_saml',
    'disallowOrgToSetupSamlConnection',
    onOrg((org) => update(org, { can_setup_saml: false })),
  );
  api.delete('/org/:orgId', 'deleteOrg', (_request, orgId) =>
    project.removeOrg(orgId) ? ok() : NOT_FOUND,
  );

  function onOrg(handle: (org: OrgRecord, request: BackendRequest) => BackendResponse): Endpoint {
    return (request, orgId) => {
      const org = project.orgs.get(orgId);
      return org === undefined ? NOT_FOUND : handle(org, request);
    };
  }

  function findOrgs({ body }: BackendRequest): BackendResponse {
    const { name, domain, legacy_org_id: legacyOrgId, order_by: order } = body;
    const orgs = [...project.orgs.values()]
      .filter((org) => org.name.toLowerCase().includes(textOf(name)?.toLowerCase() ?? ''))
      .filter((org) => domain === undefined || org.domain === domain)
      .filter((org) => legacyOrgId === undefined || org.legacy_org_id === legacyOrgId)
      .toSorted(ORG_ORDERS.get(textOf(order) ?? 'CREATED_AT_ASC'));
    return pageOf('orgs', orgs.map(listedOrgView), {
      pageSize: body['page_size'],
      pageNumber: body['page_number'],
    });
  }

  function listRoleMappings(): BackendResponse {
    const mappings = [...project.roleMappings.keys()].map((name) => ({
      custom_role_mapping_name: name,
      num_orgs_subscribed: project.orgsWithMapping(name).size,
    }));
    return ok({ custom_role_mappings: mappings });
  }

  function createOrg({ body }: BackendRequest): BackendResponse {
    const checks = checkOrg(body, project);
    checks.require(isText(body['name']), 'name', 'Must not be empty');
    if (checks.haveFailed) return invalidFields(checks.errors);
    const { org_id, name } = project.addOrg({
      name: body['name'] as string,
      domain: textOf(body['domain']),
      domain_autojoin: body['enable_auto_joining_by_domain'] === true,
      domain_restrict: body['members_must_have_matching_domain'] === true,
      max_users: body['max_users'] as number | undefined,
      legacy_org_id: textOf(body['legacy_org_id']),
      custom_role_mapping_name: textOf(body['custom_role_mapping_name']),
    });
    return ok({ org_id, name });
  }

  /** `subscribeOrgToRoleMapping()` sends the same request. */
  function updateOrg(org: OrgRecord, { body }: BackendRequest): BackendResponse {
    const checks = checkOrg(body, project);
    checks.require(body['name'] === undefined || isText(body['name']), 'name', 'Must not be empty');
    if (checks.haveFailed) return invalidFields(checks.errors);
    return update(org, {
      ...given(body, ['name', 'domain', 'legacy_org_id', 'can_setup_saml', 'max_users']),
      ...given(body, ['password_rotation_enabled', 'custom_role_mapping_name']),
      ...given(body, ['password_rotation_history_size', 'password_rotation_period']),
      ...(body['autojoin_by_domain'] !== undefined && {
        domain_autojoin: body['autojoin_by_domain'] === true,
      }),
      ...(body['restrict_to_domain'] !== undefined && {
        domain_restrict: body['restrict_to_domain'] === true,
      }),
      ...(body['extra_domains'] !== undefined && {
        extra_domains: textsOf(body['extra_domains']),
      }),
      ...(objectOf(body['metadata']) && { metadata: objectOf(body['metadata']) }),
    });
  }

  function update(org: OrgRecord, change: Partial<OrgRecord>): BackendResponse {
    project.updateOrg(org, change);
    return ok();
  }
}

function checkOrg(body: BackendRequest['body'], { roleMappings }: Project): FieldChecks {
  const checks = new FieldChecks();
  const { max_users: maxUsers, domain, custom_role_mapping_name: mapping } = body;
  const isLimit = maxUsers === undefined || isPositiveInteger(maxUsers);
  checks.require(isLimit, 'max_users', 'Must be 1 or more');
  checks.require(domain === undefined || isText(domain), 'domain', 'Must not be empty');
  const isMapping = mapping === undefined || roleMappings.has(textOf(mapping) ?? '');
  checks.require(isMapping, 'custom_role_mapping_name', 'Unknown role mapping');
  return checks;
}

function given(body: BackendRequest['body'], fields: string[]): Partial<OrgRecord> {
  return Object.fromEntries(
    fields.filter((field) => body[field] !== undefined).map((field) => [field, body[field]]),
  );
}

const ORG_ORDERS = new Map<string, (one: OrgRecord, other: OrgRecord) => number>([
  ['CREATED_AT_ASC', (one, other) => one.created_at - other.created_at],
  ['CREATED_AT_DESC', (one, other) => other.created_at - one.created_at],
  ['NAME', (one, other) => one.name.localeCompare(other.name)],
]);
