import * as v from 'valibot';
import { NOT_FOUND, ok, okIf, type BackendResponse } from './backend-response.js';
import { endpointsOf, type BackendRequest, type Endpoint, type Endpoints } from './endpoint.js';
import type { Project } from '../project/project.js';
import {
  assertField,
  EMAIL,
  fieldsOf,
  FLAG,
  idOf,
  OBJECT,
  STRING,
  STRINGS,
  TEXT,
} from './fields.js';
import { pageOf } from './page.js';
import { linkTo } from '../project/outbox.js';
import { hashPassword, type PasswordRecord } from '../project/passwords.js';
import type { UserRecord } from '../project/records.js';
import { userView } from './views.js';

const NAMES = {
  username: v.optional(STRING),
  first_name: v.optional(STRING),
  last_name: v.optional(STRING),
  picture_url: v.optional(STRING),
};

const NEW_USER = {
  ...NAMES,
  email: EMAIL,
  email_confirmed: v.optional(FLAG),
  password: v.optional(TEXT),
  properties: v.optional(OBJECT),
};

const MIGRATED_USER = {
  ...NAMES,
  email: EMAIL,
  email_confirmed: v.optional(FLAG),
  enabled: v.optional(FLAG),
  existing_user_id: v.optional(STRING),
  existing_password_hash: v.optional(TEXT),
  existing_mfa_base32_encoded_secret: v.optional(TEXT),
  properties: v.optional(OBJECT),
};

const USER_CHANGES = {
  ...NAMES,
  legacy_user_id: v.optional(TEXT),
  metadata: v.optional(OBJECT),
  properties: v.optional(OBJECT),
};

const NEW_EMAIL = { new_email: EMAIL, require_email_confirmation: v.optional(FLAG) };

type Query = BackendRequest['query'];

/** Users: find, create, update and delete. */
export function addUserEndpoints(api: Endpoints, project: Project): void {
  const onUser = endpointsOf((userId) => project.users.get(userId));
  api.GET('/user/email', 'fetchUserMetadataByEmail', ({ query }) =>
    found(query, project.findUserByEmail(query['email'])),
  );
  api.GET('/user/username', 'fetchUserMetadataByUsername', ({ query }) =>
    found(query, project.findUserByUsername(query['username'])),
  );
  api.GET('/user/query', 'fetchUsersByQuery', findUsers);
  api.GET('/user/:userId', 'fetchUserMetadataByUserId', ({ query }, userId) =>
    found(query, project.users.get(userId)),
  );
  api.GET('/user/:userId/mfa', 'fetchUserMfaMethods', onUser(mfaMethodsOf));
  api.GET(
    '/user/:userId/signup_query_parameters',
    'fetchUserSignupQueryParams',
    onUser(() => ok({ user_signup_query_parameters: {} })),
  );
  api.POST('/user/user_ids', 'fetchBatchUserMetadataByUserIds', (request) =>
    batch(request, 'user_ids', (userId) => project.users.get(userId)),
  );
  api.POST('/user/emails', 'fetchBatchUserMetadataByEmails', (request) =>
    batch(request, 'emails', (email) => project.findUserByEmail(email)),
  );
  api.POST('/user/usernames', 'fetchBatchUserMetadataByUsernames', (request) =>
    batch(request, 'usernames', (username) => project.findUserByUsername(username)),
  );
  api.POST('/user/', 'createUser', createUser);
  api.POST('/migrate_user/', 'migrateUserFromExternalSource', migrateUser);
  api.POST('/migrate_user/password', 'migrateUserPassword', setMigratedPassword);
  api.POST('/resend_email_confirmation', 'resendEmailConfirmation', ({ body }) => {
    const user = project.users.get(idOf(body['user_id']));
    if (user !== undefined) project.outbox.send('Confirm your email address', linkTo(user));
    return okIf(user !== undefined);
  });
  api.PUT('/user/:userId', 'updateUserMetadata', onUser(updateUser));
  api.PUT('/user/:userId/email', 'updateUserEmail', onUser(updateEmail));
  api.PUT('/user/:userId/password', 'updateUserPassword', onUser(updatePassword));
  api.PUT('/user/:userId/clear_password', 'clearUserPassword', updates({ has_password: false }));
  const createsOrgs = '/user/:userId/can_create_orgs';
  api.PUT(`${createsOrgs}/enable`, 'enableUserCanCreateOrgs', updates({ can_create_orgs: true }));
  api.PUT(
    `${createsOrgs}/disable`,
    'disableUserCanCreateOrgs',
    updates({ can_create_orgs: false }),
  );
  api.POST('/user/:userId/enable', 'enableUser', updates({ enabled: true }));
  api.POST('/user/:userId/disable', 'disableUser', updates({ enabled: false }));
  api.POST('/user/:userId/disable_2fa', 'disableUser2fa', updates({ mfa_enabled: false }));
  api.POST('/user/:userId/logout_all_sessions', 'logoutAllUserSessions', onUser(endSessions));
  api.DELETE('/user/:userId', 'deleteUser', (_request, userId) => okIf(project.removeUser(userId)));

  function found(query: Query, user: UserRecord | undefined): BackendResponse {
    return user === undefined ? NOT_FOUND : ok(viewOf(user, query));
  }

  function viewOf(user: UserRecord, query: Query): object {
    return userView(project, user, query['include_orgs'] === 'true');
  }

  function batch(
    { query, body }: BackendRequest,
    field: string,
    find: (value: string) => UserRecord | undefined,
  ): BackendResponse {
    const { [field]: values = [] } = fieldsOf(body, { [field]: STRINGS });
    const users = new Set(values.map(find));
    return ok([...users].flatMap((user) => (user === undefined ? [] : [viewOf(user, query)])));
  }

  function findUsers({ query }: BackendRequest): BackendResponse {
    const { email_or_username: text = '', legacy_user_id: legacyUserId } = query;
    const users = [...project.users.values()]
      .filter(({ email, username = '' }) =>
        [email, username].some((name) => name.toLowerCase().includes(text.toLowerCase())),
      )
      .filter((user) => legacyUserId === undefined || user.legacy_user_id === legacyUserId)
      .toSorted(USER_ORDERS.get(query['order_by'] ?? 'CREATED_AT_ASC'));
    return pageOf('users', users, query, (user) => viewOf(user, query));
  }

  async function createUser({ body }: BackendRequest): Promise<BackendResponse> {
    const { password, ...user } = fieldsOf(body, NEW_USER);
    const hash = password === undefined ? undefined : await hashPassword(password);
    return add(user, hash);
  }

  function migrateUser({ body }: BackendRequest): BackendResponse {
    const {
      existing_user_id: existingId,
      existing_password_hash: passwordHash,
      existing_mfa_base32_encoded_secret: mfaSecret,
      ...user
    } = fieldsOf(body, MIGRATED_USER);
    return add({
      ...user,
      legacy_user_id: existingId,
      has_password: passwordHash !== undefined,
      mfa_enabled: mfaSecret !== undefined,
    });
  }

  function add(user: Parameters<Project['addUser']>[0], hash?: PasswordRecord): BackendResponse {
    assertFree('email', project.findUserByEmail(user.email));
    assertFree('username', project.findUserByUsername(user.username));
    const { user_id } = project.addUser(user, hash);
    return ok({ user_id });
  }

  function setMigratedPassword({ body }: BackendRequest): BackendResponse {
    const { user_id: userId } = fieldsOf(body, { user_id: STRING, password_hash: TEXT });
    const user = project.users.get(userId);
    assertField(user !== undefined, 'user_id', 'There is no such user');
    // No password fits a hash of another kind.
    project.passwords.delete(userId);
    return update(user, { has_password: true });
  }

  function updateUser(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const { properties, ...changes } = fieldsOf(body, USER_CHANGES);
    assertFree('username', project.findUserByUsername(changes.username), user);
    return update(user, {
      ...changes,
      ...(properties && { properties: { ...user.properties, ...properties } }),
    });
  }

  /** With confirmation, the email address changes only once the user has followed the link in the email. */
  function updateEmail(user: UserRecord, { body }: BackendRequest): BackendResponse {
    const { new_email: email, require_email_confirmation: waits } = fieldsOf(body, NEW_EMAIL);
    assertFree('new_email', project.findUserByEmail(email), user);
    if (!waits) return update(user, { email, email_confirmed: true });
    const link = { ...linkTo(user), email, isNewEmail: true };
    project.outbox.send('Confirm your new email address', link);
    return ok();
  }

  async function updatePassword(
    { user_id: userId }: UserRecord,
    { body }: BackendRequest,
  ): Promise<BackendResponse> {
    const { password } = fieldsOf(body, { password: TEXT });
    return okIf(project.setPassword(userId, await hashPassword(password)));
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
}

/** @throws {InvalidFields} if another user is found by what has to be unique */
function assertFree(field: string, owner: UserRecord | undefined, self?: UserRecord): void {
  assertField(owner === undefined || owner === self, field, 'Is taken by another user');
}

function mfaMethodsOf({ mfa_enabled: hasMfa }: UserRecord): BackendResponse {
  return ok({ mfa_setup: hasMfa ? { type: 'Totp' } : null });
}

const USER_ORDERS = new Map<string, (one: UserRecord, other: UserRecord) => number>([
  ['CREATED_AT_ASC', (one, other) => one.created_at - other.created_at],
  ['CREATED_AT_DESC', (one, other) => other.created_at - one.created_at],
  ['LAST_ACTIVE_AT_ASC', (one, other) => one.last_active_at - other.last_active_at],
  ['LAST_ACTIVE_AT_DESC', (one, other) => other.last_active_at - one.last_active_at],
  ['EMAIL', (one, other) => one.email.localeCompare(other.email)],
  ['USERNAME', (one, other) => (one.username ?? '').localeCompare(other.username ?? '')],
]);
