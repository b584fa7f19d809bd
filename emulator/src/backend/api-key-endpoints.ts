import { invalidFields, NOT_FOUND, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoint, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { FieldChecks, isText, textOf } from './field-checks.js';
import { pageInQuery, pageOf } from './page.js';
import type { ApiKeyRecord } from '../project/records.js';
import { apiKeyValidationView, apiKeyView } from './views.js';

/** End-user API keys. */
export function addApiKeyEndpoints(api: Endpoints, project: Project): void {
  api.get('/end_user_api_keys', 'fetchCurrentApiKeys', ({ query }) =>
    list(query, (key) => project.isCurrent(key)),
  );
  api.get('/end_user_api_keys/archived', 'fetchArchivedApiKeys', ({ query }) =>
    list(query, (key) => !project.isCurrent(key)),
  );
  api.get(
    '/end_user_api_keys/:apiKeyId',
    'fetchApiKey',
    onKey((key) => ok(apiKeyView(key))),
  );
  api.post('/end_user_api_keys', 'createApiKey', createKey);
  api.post('/end_user_api_keys/import', 'importApiKey', importKey);
  api.post('/end_user_api_keys/validate', 'validateApiKey', ({ body }) => validate(body, false));
  api.post('/end_user_api_keys/validate_imported', 'validateImportedApiKey', ({ body }) =>
    validate(body, true),
  );
  api.patch('/end_user_api_keys/:apiKeyId', 'updateApiKey', onKey(update));
  api.delete('/end_user_api_keys/:apiKeyId', 'deleteApiKey', onKey(archive));

  function onKey(
    handle: (key: ApiKeyRecord, request: BackendRequest) => BackendResponse,
  ): Endpoint {
    return (request, apiKeyId) => {
      const key = project.apiKeys.get(apiKeyId);
      return key === undefined || key.isArchived ? NOT_FOUND : handle(key, request);
    };
  }

  function list(query: URLSearchParams, matches: (key: ApiKeyRecord) => boolean): BackendResponse {
    const email = query.get('user_email');
    const owner = email === null ? undefined : project.findUserByEmail(email)?.user_id;
    const keys = [...project.apiKeys.values()]
      .filter(matches)
      .filter(({ orgId }) => (query.get('org_id') ?? orgId) === orgId)
      .filter(({ userId }) => (query.get('user_id') ?? userId) === userId)
      .filter(({ userId }) => email === null || (owner !== undefined && userId === owner));
    return pageOf('api_keys', keys.map(apiKeyView), pageInQuery(query));
  }

  function createKey({ body }: BackendRequest): BackendResponse {
    const errors = findErrors(body);
    if (errors !== undefined) return invalidFields(errors);
    const key = project.addApiKey(keyIn(body));
    return ok({ api_key_id: key.id, api_key_token: key.token });
  }

  function importKey({ body }: BackendRequest): BackendResponse {
    const token = body['imported_api_key'];
    const errors = findErrors(body, (checks) => {
      checks.require(isText(token), 'imported_api_key', 'Must not be empty');
      const isNew = !isText(token) || project.canImportApiKey(token);
      checks.require(isNew, 'imported_api_key', 'Already exists');
    });
    if (errors !== undefined) return invalidFields(errors);
    const key = project.addApiKey({ ...keyIn(body), token: token as string, isImported: true });
    return ok({ api_key_id: key.id });
  }

  function validate(body: BackendRequest['body'], isImported: boolean): BackendResponse {
    const key = project.findApiKeyByToken(body['api_key_token']);
    return key?.isImported === isImported &&
      project.isCurrent(key) &&
      !project.isOfDisabledUser(key)
      ? ok(apiKeyValidationView(project, key))
      : invalidFields({ api_key_token: ['Invalid API Key'] });
  }

  function update(key: ApiKeyRecord, { body }: BackendRequest): BackendResponse {
    const checks = new FieldChecks();
    checkExpiry(checks, body['expires_at_seconds']);
    if (checks.haveFailed) return invalidFields(checks.errors);
    const { expires_at_seconds: expiresAt = key.expiresAt, metadata = key.metadata } = body;
    const isEndless = body['set_to_never_expire'] === true;
    project.updateApiKey(key, {
      expiresAt: isEndless ? undefined : (expiresAt as number | undefined),
      metadata,
    });
    return ok();
  }

  function archive(key: ApiKeyRecord): BackendResponse {
    project.archiveApiKey(key);
    return ok();
  }

  function findErrors(
    { user_id: userId, org_id: orgId, expires_at_seconds: expiresAt }: BackendRequest['body'],
    check: (checks: FieldChecks) => void = () => {},
  ) {
    const checks = new FieldChecks();
    const isUser = userId === undefined || project.users.has(userId as string);
    const isOrg = orgId === undefined || project.orgs.has(orgId as string);
    checks.require(isUser, 'user_id', 'There is no such user');
    checks.require(isOrg, 'org_id', 'There is no such organization');
    if (isUser && isOrg && userId !== undefined && orgId !== undefined) {
      const isMember = project.findMembership(orgId as string, userId as string) !== undefined;
      checks.require(isMember, 'user_id', 'Is not in the organization');
    }
    checkExpiry(checks, expiresAt);
    check(checks);
    return checks.haveFailed ? checks.errors : undefined;
  }

  function checkExpiry(checks: FieldChecks, expiresAt: unknown): void {
    const isInFuture = Number.isInteger(expiresAt) && (expiresAt as number) > project.now();
    checks.require(
      expiresAt === undefined || isInFuture,
      'expires_at_seconds',
      'Must be in the future',
    );
  }
}

function keyIn(body: BackendRequest['body']): Partial<ApiKeyRecord> {
  return {
    userId: textOf(body['user_id']),
    orgId: textOf(body['org_id']),
    displayName: textOf(body['display_name']),
    expiresAt: body['expires_at_seconds'] as number | undefined,
    metadata: body['metadata'],
  };
}
