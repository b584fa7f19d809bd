import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../support/forge.js';

/** An Authorization header taken apart in the most forgiving way, to see what is in it. */
export interface Inspection {
  readonly header: string;
  /** What stands behind the scheme, or everything when there is no scheme. */
  readonly token: string;
  readonly parts: readonly string[];
  /** Whether header and payload are UTF-8. */
  readonly isUtf8: boolean;
  readonly claims: JsonObject;
  /** The membership claims by what they stand under: the active organization under its own id. */
  readonly memberships: readonly (readonly [key: unknown, membership: unknown])[];
}

export function inspect(authorization: string | undefined): Inspection {
  const header = authorization ?? '';
  const token = header.replace(/^bearer /i, '');
  const parts = token.split('.');
  const [headerBytes, payload] = parts.map((part) => Buffer.from(part, 'base64url'));
  const claims = parseObject(payload);
  return {
    header,
    token,
    parts,
    isUtf8: [headerBytes, payload].every((bytes) => bytes === undefined || isUtf8(bytes)),
    claims,
    memberships: membershipsIn(claims),
  };
}

function parseObject(bytes: Buffer | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The memberships of a user: the active organization alone, or all of them. */
export function membershipsIn(claims: JsonObject): [unknown, unknown][] {
  const active = claims['org_member_info'];
  if (!isAbsent(active)) return [[isObject(active) ? active['org_id'] : undefined, active]];
  const all = claims['org_id_to_org_member_info'];
  return isObject(all) ? Object.entries(all) : [];
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
