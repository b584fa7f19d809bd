import { invalidFields, NOT_FOUND, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoint, Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import { FieldChecks, idOf, isEmail, isText, objectOf, textOf, textsOf } from './field-checks.js';
import { pageInQuery, pageOf } from './page.js';
import type { UserRecord } from '../project/records.js';
import { userView } from './views.js';

/** Users: find, create, update and delete. */
export function addUserEndpoints(api: Endpoints, project: Project): void {
  api.get('/user/email', 'fetchUserMetadataByEmail', ({ query }) =>
    found(query, project.findUserByEmail(query.get('email'))),
  );
  api.get('/user/username', 'fetchUserMetadataByUsername', ({ query }) =>
    found(query, project.findUserByUsername(query.get('username'))),
  );
  api.get('/user/query', 'fetchUsersByQuery', findUsers);
  api.get('/user/:userId', 'fetchUserMetadataByUserId', ({ query }, userId) =>
    found(query, project.users.get(userId)),
  );
  api.get('/user/:userId/mfa', 'fetchUserMfaMethods', onUser(mfaMethodsOf));
  api.get(
    '/user/:userId/signup_query_parameters',
    'fetchUserSignupQueryParams',
    onUser(() => ok({ user_signup_query_parameters: {} })),
  );
  api.post('/user/user_ids', 'fetchBatchUserMetadataByUserIds', (request) =>
    batch(request, 'user_ids', (userId) => project.users.get(userId)),
  );
  api.post('/user/emails', 'fetchBatchUserMetadataByEmails', (request) =>
    batch(request, 'emails', (email) => project.findUserByEmail(email)),
  );
  api.post('/user/usernames', 'fetchBatchUserMetadataByUsernames', (request) =>
    batch(request, 'usernames', (username) => project.findUserByUsername(username)),
  );
  api.post('/user/', 'createUser', createUser);
  api.post('/migrate_user/', 'migrateUserFromExternalSource', migrateUser);
  api.post('/migrate_user/password', 'migrateUserPassword', setMigratedPassword);
  api.post('/resend_email_confirmation', 'resendEmailConfirmation', ({ body }) =>
    project.users.has(idOf(body['user_id'])) ? ok() : NOT_FOUND,
  );
  api.put('/user/:userId', 'updateUserMetadata', onUser(updateUser));
  api.put('/user/:userId/email', 'updateUserEmail', onUser(updateEmail));
  api.put('/user/:userId/password', 'updateUserPassword', onUser(updatePassword));
  api.put('/user/:userId/clear_password', 'clearUserPassword', updates({ has_password: false }));
  const createsOrgs = '/user/:userId/can_create_orgs';
  api.put(`${createsOrgs}/enable`, 'enableUserCanCreateOrgs', updates({ can_create_orgs: true }));
  api.put(
    `${createsOrgs}/disable`,
    'disableUserCanCreateOrgs',
    updates({ can_create_orgs: false }),
  );
  api.post('/user/:userId/enable', 'enableUser', updates({ enabled: true }));
  api.post('/user/:userId/disable', 'disableUser', updates({ enabled: false }));
  api.post('/user/:userId/disable_2fa', 'disableUser2fa', updates({ mfa_enabled: false }));
  api.post('/user/:userId/logout_all_sessions', 'logoutAllUserSessions', onUser(endSessions));
  api.delete('/user/:userId', 'deleteUser', (_request, userId) =>
    project.removeUser(userId) ? ok() : NOT_FOUND,
  );

  function onUser(
    handle: (user: UserRecord, request: BackendRequest) => BackendResponse,
  ): Endpoint {
    return (request, userId) => {
      const user = project.users.get(userId);
      return user === undefined ? NOT_FOUND : handle(user, request);
    };
  }

  function found(query: URLSearchParams, user: UserRecord | undefined): BackendResponse {
    return user === undefined ? NOT_FOUND : ok(userView(project, user, includesOrgs(query)));
  }

  function batch(
    { query, body }: BackendRequest,
    field: string,
    find: (value: string) => UserRecord | undefined,
  ): BackendResponse {
    const users = textsOf(body[field]).map(find);
    return ok(
      [...new Set(users)].flatMap((user) =>
        user === undefined ? [] : [userView(project, user, includesOrgs(query))],
      ),
    );
  }

  function findUsers({ query }: BackendRequest): BackendResponse {
    const text = query.get('email_or_username')?.toLowerCase();
    const legacyUserId = query.get('legacy_user_id');
    const users = [...project.users.values()]
      .filter(({ email, username = '' }) =>
        [email, username].some((name) => name.toLowerCase().includes(text ?? '')),
      )
      .filter((user) => legacyUserId === null || user.legacy_user_id === legacyUserId)
      .toSorted(USER_ORDERS.get(query.get('order_by') ?? 'CREATED_AT_ASC'));
    return pageOf('users', users, pageInQuery(query), (user) =>
      userView(project, user, includesOrgs(query)),
    );
  }

  function createUser({ body }: BackendRequest): BackendResponse {
    const checks = checkNames(body);
    checkEmail(checks, 'email', body['email']);
    const hasPassword = body['password'] !== undefined;
    checks.require(!hasPassword || isText(body['password']), 'password', 'Must not be empty');
    if (checks.haveFailed) return invalidFields(checks.errors);
    const { user_id } = project.addUser({
      email: body['email'] as string,
      email_confirmed: body['email_confirmed'] === true,
      has_password: hasPassword,
      ...namesIn(body),
      properties: objectOf(body['properties']),
    });
    return ok({ user_id });
  }

  function migrateUser({ body }: BackendRequest): BackendResponse {
    const checks = checkNames(body);
    checkEmail(checks, 'email', body['email']);
    if (checks.haveFailed) return invalidFields(checks.errors);
    const { user_id } = project.addUser({
      email: body['email'] as string,
      email_confirmed: body['email_confirmed'] === true,
      has_password: isText(body['existing_password_hash']),
      mfa_enabled: isText(body['existing_mfa_base32_encoded_secret']),
      enabled: body['enabled'] !== false,
      legacy_user_id: textOf(body['existing_user_id']),
      ...namesIn(body),
      properties: objectOf(body['properties']),
    });
    return ok({ user_id });
  }

  function setMigratedPassword({ body }: BackendRequest): BackendResponse {
    const user = project.users.get(idOf(body['user_id']));
    if (user === undefined) return invalidFields({ user_id: ['There is no such user'] });
    if (!isText(body['password_hash'])) {
      return invalidFields({ password_hash: ['Must not be empty'] });
    }
    return update(user, { has_password: true });
  }

  function updateUser(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const checks = checkNames(body, user);
    if (checks.haveFailed) return invalidFields(checks.errors);
    const properties = objectOf(body['properties']);
    return update(user, {
      ...namesIn(body),
      ...(properties && { properties: { ...user.properties, ...properties } }),
      ...(objectOf(body['metadata']) && { metadata: objectOf(body['metadata']) }),
      ...(isText(body['legacy_user_id']) && { legacy_user_id: body['legacy_user_id'] }),
    });
  }

  /** With confirmation, the email address changes only once the user has followed the link in the email. */
  function updateEmail(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const checks = new FieldChecks();
    checkEmail(checks, 'new_email', body['new_email'], user);
    if (checks.haveFailed) return invalidFields(checks.errors);
    if (body['require_email_confirmation'] === true) return ok();
    return update(user, { email: body['new_email'] as string, email_confirmed: true });
  }

  function updatePassword(user: UserRecord, { body }: BackendRequest): BackendResponse {
    if (!isText(body['password'])) return invalidFields({ password: ['Must not be empty'] });
    return update(user, { has_password: true });
  }

  function update(user: UserRecord, changes: Partial<UserRecord>): BackendResponse {
    project.updateUser(user, changes);
    return ok();
  }

  function updates(changes: Partial<UserRecord>): Endpoint {
    return onUser((user) => update(user, changes));
  }

  function endSessions({ user_id: userId }: UserRecord): BackendResponse {
    project.endSessions(userId);
    return ok();
  }

  function checkEmail(checks: FieldChecks, field: string, email: unknown, self?: UserRecord): void {
    checks.require(isEmail(email), field, 'Must be an email address');
    const owner = project.findUserByEmail(email);
    checks.require(owner === undefined || owner === self, field, 'Is taken by another user');
  }

  function checkNames(body: BackendRequest['body'], self?: UserRecord): FieldChecks {
    const checks = new FieldChecks();
    for (const field of NAME_FIELDS) {
      const isAbsent = body[field] === undefined || body[field] === null;
      checks.require(isAbsent || typeof body[field] === 'string', field, 'Must be a string');
    }
    const owner = project.findUserByUsername(body['username']);
    checks.require(owner === undefined || owner === self, 'username', 'Is taken by another user');
    return checks;
  }
}

function mfaMethodsOf({ mfa_enabled: hasMfa }: UserRecord): BackendResponse {
  return ok({ mfa_setup: hasMfa ? { type: 'Totp' } : null });
}

const NAME_FIELDS = ['username', 'first_name', 'last_name', 'picture_url'];

function namesIn(body: BackendRequest['body']): Partial<UserRecord> {
  return Object.fromEntries(
    NAME_FIELDS.filter((field) => typeof body[field] === 'string').map((field) => [
      field,
      body[field],
    ]),
  );
}

function includesOrgs(query: URLSearchParams): boolean {
  return query.get('include_orgs') === 'true';
}

const USER_ORDERS = new Map<string, (one: UserRecord, other: UserRecord) => number>([
  ['CREATED_AT_ASC', (one, other) => one.created_at - other.created_at],
  ['CREATED_AT_DESC', (one, other) => other.created_at - one.created_at],
  ['LAST_ACTIVE_AT_ASC', (one, other) => one.last_active_at - other.last_active_at],
  ['LAST_ACTIVE_AT_DESC', (one, other) => other.last_active_at - one.last_active_at],
  ['EMAIL', (one, other) => one.email.localeCompare(other.email)],
  ['USERNAME', (one, other) => (one.username ?? '').localeCompare(other.username ?? '')],
]);
