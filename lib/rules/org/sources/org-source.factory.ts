import type { ExecutionContext } from '@nestjs/common';
import { noteBuiltIn } from '../../../options/org-source-description.js';
import type {
  OrgReference,
  OrgSource,
  OrgSourceOption,
  OrgSourceReads,
} from '../../../options/org-source.interface.js';
import { assertDefinedArguments } from '../../../values/defined-arguments.js';

/** The built-in sources that read an id rather than a name. */
const BY_ID = new WeakSet<OrgSourceOption>();

/** Creates a source that declares what it reads. */
export function createOrgSource(
  reads: OrgSourceReads,
  read: (context: ExecutionContext) => OrgReference | undefined,
): OrgSource {
  const description = 'The id of the organization.';
  const source = Object.assign(read, { reads: { description, ...reads } });
  noteBuiltIn(source);
  // Only sources that do not read an id have a description of their own.
  if (reads.description === undefined) BY_ID.add(source);
  return source;
}

/** Whether a source is known to read an id rather than a name. */
export function isByIdSource(source: OrgSourceOption): boolean {
  return BY_ID.has(source);
}

/**
 * The value of a name in a part of the request, if it is a non-empty string. A repeated or nested value is not a string, and properties
 * that every object inherits (`constructor`, `__proto__`) do not count.
 */
export function readPlainString(part: unknown, name: string): string | undefined {
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
  const value = (part as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Like {@link readPlainString}, for a path of names separated by dots. */
export function readPlainStringAt(part: unknown, path: string): string | undefined {
  const names = path.split('.');
  const last = names.pop() as string;
  let current = part;
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[name];
  }
  return readPlainString(current, last);
}

/**
 * @param given the arguments of the source
 * @throws {TypeError} if the name is not a non-empty string
 */
export function assertSourceName(source: string, name: unknown, given: ArrayLike<unknown>): void {
  assertDefinedArguments(`${source}()`, given);
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TypeError(
      `${source}() needs the name of the value to read. Pass a non-empty string.`,
    );
  }
}
