import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const AUTH_URL = 'https://auth.example.com';

/** The org that tokens of a member are for. */
export const ORG_ID = '0ac3e000-0000-4000-8000-000000000000';

const projectKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreignKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The environment of an application that believes the tokens made here. */
export const environment = {
  PROPELAUTH_AUTH_URL: AUTH_URL,
  PROPELAUTH_API_KEY: 'an-api-key',
  PROPELAUTH_VERIFIER_KEY: projectKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};

/** The access token of Alice, with this role in the org, or in no org. */
export function accessToken(role?: string): string {
  return signed(claims('alice', role), projectKeys.privateKey);
}

/** The access token of somebody who is in no org. */
export function accessTokenOf(userId: string): string {
  return signed(claims(userId), projectKeys.privateKey);
}

export function forgedToken(): string {
  return signed(claims('alice', 'Owner'), foreignKeys.privateKey);
}

function claims(userId: string, role?: string): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    user_id: userId,
    iss: AUTH_URL,
    iat: now,
    exp: now + 1800,
    org_id_to_org_member_info: role === undefined ? {} : { [ORG_ID]: membership(role) },
  };
}

function membership(role: string): object {
  return {
    org_id: ORG_ID,
    org_name: 'Acme Inc',
    url_safe_org_name: 'acme-inc',
    org_metadata: {},
    user_role: role,
    inherited_user_roles_plus_current_role: role === 'Admin' ? ['Admin', 'Member'] : [role],
    user_permissions: [],
  };
}

function signed(payload: object, key: KeyObject): string {
  const content = `${encoded({ alg: 'RS256' })}.${encoded(payload)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
