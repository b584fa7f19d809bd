import { Hono } from 'hono';
import { invalidFields, NOT_FOUND, ok, type BackendResponse } from './backend-response.js';
import type { BackendRequest, Endpoint, Call } from './endpoint.js';
import type { Project } from '../project/project.js';
import { FieldChecks, idOf, isEmail, isText, objectOf, textOf, textsOf } from './field-checks.js';
import { pageInQuery, pageOf } from './page.js';
import type { UserRecord } from '../project/records.js';
import { userView } from './views.js';

/** Users: find, create, update and delete. */
export function userEndpoints(project: Project, call: Call): Hono {
  return new Hono()
    .get(
      '/user/email',
      call('fetchUserMetadataByEmail', ({ query }) =>
        found(query, project.findUserByEmail(query.get('email'))),
      ),
    )
    .get(
      '/user/username',
      call('fetchUserMetadataByUsername', ({ query }) =>
        found(query, project.findUserByUsername(query.get('username'))),
      ),
    )
    .get('/user/query', call('fetchUsersByQuery', findUsers))
    .get(
      '/user/:userId',
      call('fetchUserMetadataByUserId', ({ query }, userId) =>
        found(query, project.users.get(userId)),
      ),
    )
    .get(
      '/user/:userId/mfa',
      call(
        'fetchUserMfaMethods',
        onUser(({ mfa_enabled: hasMfa }) => ok({ mfa_setup: hasMfa ? { type: 'Totp' } : null })),
      ),
    )
    .get(
      '/user/:userId/signup_query_parameters',
      call(
        'fetchUserSignupQueryParams',
        onUser(() => ok({ user_signup_query_parameters: {} })),
      ),
    )
    .post(
      '/user/user_ids',
      call('fetchBatchUserMetadataByUserIds', (request) =>
        batch(request, 'user_ids', (userId) => project.users.get(userId)),
      ),
    )
    .post(
      '/user/emails',
      call('fetchBatchUserMetadataByEmails', (request) =>
        batch(request, 'emails', (email) => project.findUserByEmail(email)),
      ),
    )
    .post(
      '/user/usernames',
      call('fetchBatchUserMetadataByUsernames', (request) =>
        batch(request, 'usernames', (username) => project.findUserByUsername(username)),
      ),
    )
    .post('/user/', call('createUser', createUser))
    .post('/migrate_user/', call('migrateUserFromExternalSource', migrateUser))
    .post('/migrate_user/password', call('migrateUserPassword', setMigratedPassword))
    .post(
      '/resend_email_confirmation',
      call('resendEmailConfirmation', ({ body }) =>
        project.users.has(idOf(body['user_id'])) ? ok() : NOT_FOUND,
      ),
    )
    .put('/user/:userId', call('updateUserMetadata', onUser(updateUser)))
    .put('/user/:userId/email', call('updateUserEmail', onUser(updateEmail)))
    .put('/user/:userId/password', call('updateUserPassword', onUser(updatePassword)))
    .put(
      '/user/:userId/clear_password',
      call('clearUserPassword', onUser(update({ has_password: false }))),
    )
    .put(
      '/user/:userId/can_create_orgs/enable',
      call('enableUserCanCreateOrgs', onUser(update({ can_create_orgs: true }))),
    )
    .put(
      '/user/:userId/can_create_orgs/disable',
      call('disableUserCanCreateOrgs', onUser(update({ can_create_orgs: false }))),
    )
    .post('/user/:userId/enable', call('enableUser', onUser(update({ enabled: true }))))
    .post('/user/:userId/disable', call('disableUser', onUser(update({ enabled: false }))))
    .post(
      '/user/:userId/disable_2fa',
      call('disableUser2fa', onUser(update({ mfa_enabled: false }))),
    )
    .post(
      '/user/:userId/logout_all_sessions',
      call(
        'logoutAllUserSessions',
        onUser(({ user_id: userId }) => {
          project.endSessions(userId);
          return ok();
        }),
      ),
    )
    .delete(
      '/user/:userId',
      call('deleteUser', (_request, userId) => (project.removeUser(userId) ? ok() : NOT_FOUND)),
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
    return update({ has_password: true })(user);
  }

  function updateUser(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const checks = checkNames(body, user);
    if (checks.haveFailed) return invalidFields(checks.errors);
    const properties = objectOf(body['properties']);
    project.updateUser(user, {
      ...namesIn(body),
      ...(properties && { properties: { ...user.properties, ...properties } }),
      ...(objectOf(body['metadata']) && { metadata: objectOf(body['metadata']) }),
      ...(isText(body['legacy_user_id']) && { legacy_user_id: body['legacy_user_id'] }),
    });
    return ok();
  }

  /** With confirmation, the email address changes only once the user has followed the link in the email. */
  function updateEmail(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const checks = new FieldChecks();
    checkEmail(checks, 'new_email', body['new_email'], user);
    if (checks.haveFailed) return invalidFields(checks.errors);
    if (body['require_email_confirmation'] === true) return ok();
    return update({ email: body['new_email'] as string, email_confirmed: true })(user);
  }

  function updatePassword(user: UserRecord, { body }: BackendRequest): BackendResponse {
    if (!isText(body['password'])) return invalidFields({ password: ['Must not be empty'] });
    return update({ has_password: true })(user);
  }

  function update(changes: Partial<UserRecord>): (user: UserRecord) => BackendResponse {
    return (user) => {
      project.updateUser(user, changes);
      return ok();
    };
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
