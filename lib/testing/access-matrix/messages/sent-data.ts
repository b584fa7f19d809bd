import { readsOf } from '../../../options/org-source-description.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import { isJsonObject } from '../../../values/json-object.js';
import type { CallParts, NamedOrg } from '../entry-point.js';

/** The data of a message: what the application says is sent, and the organization where sources look for it. */
export function dataFor({ orgSources }: HandlerAccess, { org, given }: CallParts): unknown {
  const { data } = given;
  if (data !== undefined && !isJsonObject(data)) return data;
  return { ...orgIn('message', orgSources, org), ...data };
}

/** An object that names the organization where sources look for it in it: `filter.orgId` is a property of a property. */
export function orgIn(
  place: 'message' | 'header',
  orgSources: HandlerAccess['orgSources'],
  { orgId }: NamedOrg,
): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { from, name } of readsOf(orgSources)) {
    if (from === place && name !== undefined) {
      setAt(object, place === 'message' ? name.split('.') : [name.toLowerCase()], orgId);
    }
  }
  return object;
}

function setAt(object: Record<string, unknown>, [name, ...others]: string[], value: string): void {
  if (name === undefined) return;
  if (others.length === 0) {
    object[name] = value;
    return;
  }
  const inner = isJsonObject(object[name]) ? object[name] : {};
  object[name] = inner;
  setAt(inner as Record<string, unknown>, others, value);
}
