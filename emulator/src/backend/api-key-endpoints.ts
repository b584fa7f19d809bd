import * as v from 'valibot';
import { ok, type BackendResponse } from './backend-response.js';
import { endpointsOf, type BackendRequest, type Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { assertField, fieldsOf, FLAG, STRING, TEXT } from './fields.js';
import { pageOf } from './page.js';
import type { ApiKeyRecord } from '../project/records.js';
import { apiKeyValidationView, apiKeyView } from './views.js';

const IN_FUTURE = v.custom<number>(
  (value) => Number.isInteger(value) && (value as number) > Date.now() / 1000,
  'Must be in the future',
);

const NEW_KEY = {
  user_id: v.optional(STRING),
  org_id: v.optional(STRING),
  display_name: v.optional(STRING),
  expires_at_seconds: v.optional(IN_FUTURE),
  metadata: v.optional(v.unknown()),
};

const KEY_CHANGES = {
  expires_at_seconds: v.optional(IN_FUTURE),
  set_to_never_expire: v.optional(FLAG),
  metadata: v.optional(v.unknown()),
};

/** End-user API keys. */
export function addApiKeyEndpoints(api: Endpoints, project: Project): void {
  const onKey = endpointsOf((apiKeyId) => {
    const key = project.apiKeys.get(apiKeyId);
    return key?.isArchived ? undefined : key;
  });
  api.GET('/end_user_api_keys', 'fetchCurrentApiKeys', ({ query }) =>
    list(query, (key) => project.isCurrent(key)),
  );
  api.GET('/end_user_api_keys/archived', 'fetchArchivedApiKeys', ({ query }) =>
    list(query, (key) => !project.isCurrent(key)),
  );
  api.GET(
    '/end_user_api_keys/:apiKeyId',
    'fetchApiKey',
    onKey((key) => ok(apiKeyView(key))),
  );
  api.POST('/end_user_api_keys', 'createApiKey', createKey);
  api.POST('/end_user_api_keys/import', 'importApiKey', importKey);
  api.POST('/end_user_api_keys/validate', 'validateApiKey', ({ body }) => validate(body, false));
  api.POST('/end_user_api_keys/validate_imported', 'validateImportedApiKey', ({ body }) =>
    validate(body, true),
  );
  api.PATCH('/end_user_api_keys/:apiKeyId', 'updateApiKey', onKey(update));
  api.DELETE('/end_user_api_keys/:apiKeyId', 'deleteApiKey', onKey(archive));

  function list(
    query: BackendRequest['query'],
    matches: (key: ApiKeyRecord) => boolean,
  ): BackendResponse {
    const { user_email: email, org_id: ofOrg, user_id: ofUser } = query;
    const owner = project.findUserByEmail(email)?.user_id;
    const keys = [...project.apiKeys.values()]
      .filter(matches)
      .filter(({ orgId }) => (ofOrg ?? orgId) === orgId)
      .filter(({ userId }) => (ofUser ?? userId) === userId)
      .filter(({ userId }) => email === undefined || (owner !== undefined && userId === owner));
    return pageOf('api_keys', keys, query, apiKeyView);
  }

  function createKey({ body }: BackendRequest): BackendResponse {
    const { id, token } = project.addApiKey(readKey(body));
    return ok({ api_key_id: id, api_key_token: token });
  }

  function importKey({ body }: BackendRequest): BackendResponse {
    const { imported_api_key: token } = fieldsOf(body, { imported_api_key: TEXT });
    assertField(project.canImportApiKey(token), 'imported_api_key', 'Already exists');
    const { id } = project.addApiKey({ ...readKey(body), token, isImported: true });
    return ok({ api_key_id: id });
  }

  function validate(body: BackendRequest['body'], isImported: boolean): BackendResponse {
    const key = project.findApiKeyByToken(body['api_key_token']);
    const isValid =
      key?.isImported === isImported && project.isCurrent(key) && !project.isOfDisabledUser(key);
    assertField(isValid, 'api_key_token', 'Invalid API Key');
    return ok(apiKeyValidationView(project, key));
  }

  function update(key: ApiKeyRecord, { body }: BackendRequest): BackendResponse {
    const {
      expires_at_seconds: expiresAt = key.expiresAt,
      set_to_never_expire: isEndless,
      metadata = key.metadata,
    } = fieldsOf(body, KEY_CHANGES);
    project.updateApiKey(key, { expiresAt: isEndless ? undefined : expiresAt, metadata });
    return ok();
  }

  function archive(key: ApiKeyRecord): BackendResponse {
    project.archiveApiKey(key);
    return ok();
  }

  /** @throws {InvalidFields} if it would belong to no one that there is */
  function readKey(body: BackendRequest['body']): Partial<ApiKeyRecord> {
    const fields = fieldsOf(body, NEW_KEY);
    const { user_id: userId, org_id: orgId, display_name: displayName, metadata } = fields;
    const isUser = userId === undefined || project.users.has(userId);
    assertField(isUser, 'user_id', 'There is no such user');
    const isOrg = orgId === undefined || project.orgs.has(orgId);
    assertField(isOrg, 'org_id', 'There is no such organization');
    const isMember = userId === undefined || project.isIn(orgId, userId);
    assertField(isMember, 'user_id', 'Is not in the organization');
    return { userId, orgId, displayName, expiresAt: fields.expires_at_seconds, metadata };
  }
}
