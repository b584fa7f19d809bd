import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isScope } from '../../values/is-scope.js';
import { isPlainObject } from '../../values/json-object.js';

type Inclusions = ReadonlyMap<string, readonly string[]>;

/** The scopes of one kind of callers, some of which include others. */
export class ScopeHierarchy {
  readonly scopes: readonly string[];
  /** The scopes that include each scope directly. */
  private readonly includedIn: ReadonlyMap<string, string[]>;
  /** Found once, for the scopes that rules need. For all, a chain of scopes would take memory by the square of its length. */
  private readonly broader = new Map<string, ReadonlySet<string>>();

  /**
   * @param option the option that names them, for errors
   * @param given a list, or an object of all scopes, each with a list of those that it includes
   * @throws {PropelAuthConfigurationError} for anything else, and for a scope that includes itself
   */
  constructor(option: string, given: unknown) {
    const inclusions = checkInclusions(option, given);
    assertNoCycle(option, inclusions);
    this.scopes = [...inclusions.keys()];
    this.includedIn = new Map(this.scopes.map((scope) => [scope, []]));
    for (const [scope, included] of inclusions) {
      for (const one of included) (this.includedIn.get(one) as string[]).push(scope);
    }
  }

  /** The scopes that include a scope, directly or through others; `undefined` for an unknown one. */
  broaderThan(scope: string): ReadonlySet<string> | undefined {
    const direct = this.includedIn.get(scope);
    const known = this.broader.get(scope);
    // Code can ask about any text, which is not kept.
    if (known !== undefined || direct === undefined) return known;
    const found = new Set(direct);
    // The loop also reaches what it adds.
    for (const one of found) {
      for (const next of this.includedIn.get(one) as string[]) found.add(next);
    }
    this.broader.set(scope, found);
    return found;
  }
}

/** Copies what the application may change later. */
function checkInclusions(option: string, given: unknown): Inclusions {
  const isList = Array.isArray(given);
  const entries: [scope: unknown, included: unknown][] = isList
    ? Array.from(given, (scope) => [scope, []])
    : Object.entries(isPlainObject(given) ? given : {});
  if (entries.length === 0) {
    throw new PropelAuthConfigurationError(
      `${option} names no scope. Set it to all scopes, such as ['read:reports'], or with those that each includes: { admin: ['read'], read: [] }.`,
    );
  }
  const known = new Set(entries.map(([scope]) => scope));
  const inclusions = new Map<string, readonly string[]>();
  for (const [index, [scope, included]] of entries.entries()) {
    const place = `${option}[${isList ? index : JSON.stringify(scope)}]`;
    const fail = (mistake: string): never => {
      throw new PropelAuthConfigurationError(`${place}${mistake}`);
    };
    if (!isScope(scope)) {
      return fail(
        ' is not a scope. Use ASCII characters without white space, quotation marks and backslashes.',
      );
    }
    if (inclusions.has(scope)) fail(' is a duplicate. Remove it.');
    if (!Array.isArray(included)) {
      return fail(' is not a list. Set it to the scopes that it includes, or to [].');
    }
    const wrong = included.findIndex((one) => !known.has(one));
    if (wrong >= 0) {
      fail(
        `[${wrong}] is not a scope of ${option}. Add it there, as in { read: [] }, or correct its spelling.`,
      );
    }
    inclusions.set(scope, [...(included as string[])]);
  }
  return inclusions;
}

/** Goes down from each scope, depth first. It isn't recursive, because chains may be long. */
function assertNoCycle(option: string, inclusions: Inclusions): void {
  const done = new Set<string>();
  const path = new Set<string>();
  const left = [...inclusions.keys()];
  for (let scope = left.at(-1); scope !== undefined; scope = left.at(-1)) {
    if (done.has(scope) || path.delete(scope)) {
      done.add(scope);
      left.pop();
      continue;
    }
    path.add(scope);
    for (const included of inclusions.get(scope) as readonly string[]) {
      if (path.has(included)) {
        throw new PropelAuthConfigurationError(
          `${option}["${scope}"] includes "${included}", which includes it in turn. Remove one of these inclusions.`,
        );
      }
      left.push(included);
    }
  }
}
