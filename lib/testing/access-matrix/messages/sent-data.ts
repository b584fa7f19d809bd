import type { HandlerAccess } from '../../../rules/handler-access.js';
import { isJsonObject } from '../../../values/json-object.js';
import type { CallParts } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';

/** The data of a message: the data from the application, and the organization where sources read it. */
export function dataFor({ orgSources }: HandlerAccess, parts: CallParts): unknown {
  const { data = {} } = parts.given;
  if (!isJsonObject(data)) return data;
  const values = orgValuesIn('message', orgPlacesOf(orgSources, parts));
  return Object.entries(values).reduce<unknown>(
    (object, [path, orgId]) => withValueAt(object, path.split('.'), orgId),
    data,
  );
}

/** Adds a value at a path of names, unless there is one: `filter.orgId` is a property of a property. */
function withValueAt(object: unknown, [name, ...others]: string[], value: string): unknown {
  if (name === undefined) return object ?? value;
  if (object !== undefined && !isJsonObject(object)) return object;
  return { ...object, [name]: withValueAt(object?.[name], others, value) };
}
