import type { OrgSourceReads } from '../../options/org-source.interface.js';
import { isObject } from '../../values/is-object.js';

/** The places that a source can read, and whether their values have names. */
const HAS_NAMES: Record<OrgSourceReads['from'], boolean> = {
  path: true,
  query: true,
  header: true,
  body: true,
  argument: true,
  message: true,
  token: false,
};

/** Whether the property `reads` of a source is valid. Applications in JavaScript have no compiler that checks it. */
export function isValidReads(reads: unknown): reads is OrgSourceReads {
  if (!isObject(reads)) return false;
  const { from, name, required } = reads as Record<keyof OrgSourceReads, unknown>;
  if (typeof from !== 'string' || !Object.hasOwn(HAS_NAMES, from)) return false;
  const isNamed = typeof name === 'string' && name.trim() !== '';
  return (
    (isNamed || !HAS_NAMES[from as OrgSourceReads['from']]) &&
    (required === undefined || typeof required === 'boolean')
  );
}
