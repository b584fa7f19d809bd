import { NOT_FOUND, ok, okIf } from '../backend/backend-response.js';
import { fieldsOf, TEXT } from '../backend/fields.js';
import type { Core } from '../core.js';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { check, countAddition, type FieldName } from '../pages/form.js';
import type { View } from './paths.js';

const GRANT_LIFETIME_SECONDS = 300;

/** What a form is about: fields of PropelAuth's backend API as well. */
export type Subject = { readonly [Each in (typeof SUBJECT)[number]]?: string };
const SUBJECT = ['user_id', 'org_id', 'api_key_id', 'invitee_email', 'message_id'] as const;

/** Something that the page changes. */
export interface Action {
  /** The text of its button. */
  readonly text: string;
  readonly inputs?: readonly (FieldName | 'role')[];
  /** Whether there is more then. What pages add has a limit. */
  readonly adds?: boolean;
  /** What is lost. It is said before. */
  readonly warning?: string;
}

/** What the page changes, by the name of the function of PropelAuth's client that does the same, if there is one. */
export const ACTIONS = {
  createUser: {
    text: 'Add user',
    inputs: ['email', 'username', 'first_name', 'last_name'],
    adds: true,
  },
  createOrg: { text: 'Add organization', inputs: ['name'], adds: true },
  inviteUserToOrg: { text: 'Invite', inputs: ['email', 'role'], adds: true },
  createApiKey: { text: 'Create API key', inputs: ['display_name'], adds: true },
  addUserToOrg: { text: 'Add to organization', inputs: ['org', 'role'] },
  changeUserRoleInOrg: { text: 'Change role', inputs: ['role'] },
  enableUser: { text: 'Enable' },
  disableUser: { text: 'Disable' },
  removeUserFromOrg: { text: 'Remove', warning: 'The user loses this membership.' },
  deleteUser: { text: 'Delete', warning: 'This also deletes their memberships and API keys.' },
  deleteOrg: { text: 'Delete', warning: 'This also deletes its invitations and API keys.' },
  deleteApiKey: { text: 'Delete', warning: 'Your application will reject this key.' },
  revokePendingOrgInvite: { text: 'Revoke', warning: 'Nobody can accept it any more.' },
  createStepUpGrant: { text: 'Create step-up grant', inputs: ['action_type'], adds: true },
  sendWebhookAgain: { text: 'Send again' },
} satisfies Record<string, Action>;

export type ActionName = keyof typeof ACTIONS;

/** The id of what a form is about on the page: a card, or an event. */
export function cardIdOf({ user_id: userId, org_id: orgId, message_id: event }: Subject): string {
  if (userId !== undefined) return `user:${userId}`;
  return orgId === undefined ? (event ?? '') : `org:${orgId}`;
}

/** The id of the form of an action. */
export function panelIdOf(action: string, subject: Subject): string {
  return [action, ...SUBJECT.map((name) => subject[name])].join(':');
}

/**
 * Makes a function that does what a form asks for. The form has `change`, the name of the action, and the fields of its inputs and subject. The
 * function tells what to show then, and throws an HTTPException if nothing was changed.
 */
export function actionsOn(core: Core): (form: RequestParameters) => Promise<Omit<View, 'search'>> {
  const { project, functions, webhooks } = core;
  functions.set('sendWebhookAgain', ({ body }) => okIf(webhooks.sendAgain(body['message_id'])));
  functions.set('createStepUpGrant', ({ body }, userId) => {
    const { action_type: actionType } = fieldsOf(body, { action_type: TEXT });
    if (!project.users.get(userId)?.enabled) return NOT_FOUND;
    const expiresAt = project.now() + GRANT_LIFETIME_SECONDS;
    project.addGrant({ userId, actionType, isForOneUse: true, expiresAt });
    return ok();
  });
  return async (form) => {
    const name = form.get('change') ?? '';
    check(isAction(name), 'Nothing was changed. The change is unknown.');
    const { inputs = [], adds = false }: Action = ACTIONS[name];
    if (adds) countAddition(project);
    const fields = Object.fromEntries(
      [...inputs, ...SUBJECT].map((each) => [each, form.get(each)]),
    );
    const { org, role, user_id, org_id = orgIdOf(org), api_key_id: keyId } = fields;
    const membership = project.findMembership(org_id ?? '', user_id ?? '');
    const additional = membership?.additionalRoles?.filter((each) => each !== role);
    const body = { ...fields, org_id, additional_roles: additional, email_confirmed: true };
    const made = await functions.call(name, body, keyId ?? user_id ?? org_id);
    const subject: Subject = { user_id, org_id, ...made };
    return { changed: cardIdOf({ ...fields, ...subject }), panel: panelIdOf(name, fields) };
  };

  function orgIdOf(idOrName: string | undefined): string | undefined {
    if (idOrName === undefined || project.orgs.has(idOrName)) return idOrName;
    return project.findOrgByName(idOrName)?.org_id;
  }
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}
