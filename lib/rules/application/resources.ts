import { Injectable, type Type } from '@nestjs/common';
import type { AccessCall } from '../../options/access-rule.interface.js';
import type { OrgReference } from '../../options/org-source.interface.js';
import type { ValueSource } from '../../options/value-source.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import type { Caller } from '../../types/caller.js';
import { privateField } from '../../values/private-field.js';
import { answerInTime } from './answer-deadline.js';
import type { OwnLoader } from './own-loader.js';
import { OwnProviders } from './own-providers.js';

/** The id that a rule names, if it names one: whether it is `undefined` differs from whether it is there. */
export type GivenId =
  Parameters<AccessCall['load']> extends [unknown, ...infer Given] ? Given : never;

/** The rows of one request, root field or message, by loader, caller and id. */
type Rows = Map<Type, Map<Caller | null, Map<string, Promise<object | null>>>>;

/** Loads the rows that calls are about, each once for a request, a root field of GraphQL or a message. */
@Injectable()
export class Resources {
  readonly #rows = privateField<Rows>();

  constructor(private readonly own: OwnProviders) {}

  /**
   * @param lifetime what the call shares rows within
   * @param given the id, if the caller of this method has given any: `undefined` is no row. Default: the id in the call
   * @returns `null` if there is no such row, and if it belongs to another organization than the one of the call
   */
  async load(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
    ...given: GivenId
  ): Promise<object | null> {
    const row = await this.find(type, call, lifetime, ...given);
    return row && this.visibleIn(call.org?.orgId, type, row);
  }

  /** A row, unless it belongs to another organization than this one. */
  visibleIn(orgId: string | undefined, type: Type<OwnLoader>, row: object): object | null {
    const loader = this.own.loaderOf(type);
    if (loader.orgId === undefined) return row;
    return orgId !== undefined && loader.orgId(row) === orgId ? row : null;
  }

  /** The organization that the row of a call belongs to, before it is known whether the caller is in it. */
  async orgOf(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
  ): Promise<OrgReference | undefined> {
    const row = await this.find(type, call, lifetime);
    const orgId: unknown = row && this.own.loaderOf(type).orgId?.(row);
    return typeof orgId === 'string' ? { orgId } : undefined;
  }

  /** @throws {PropelAuthConfigurationError} if the class is no usable loader, or its rows belong to no organization */
  assertNamesOrgs(type: Type<OwnLoader>): void {
    if (this.own.loaderOf(type).orgId !== undefined) return;
    throw new PropelAuthConfigurationError(
      `orgOf() names ${type.name}, whose rows belong to no organization. Add orgId(row) to it.`,
    );
  }

  private async find(
    type: Type<OwnLoader>,
    call: AccessCall,
    lifetime: object,
    ...given: GivenId
  ): Promise<object | null> {
    const loader = this.own.loaderOf(type);
    // The client must not choose the row where a rule has named one.
    const id = given.length > 0 ? given[0] : call.read(loader.id);
    if (id === undefined) return null;
    const rows = this.rowsOf(type, call.caller, lifetime);
    const known = rows.get(id);
    if (known !== undefined) return known;
    const row = loadRow(loader, call, id);
    rows.set(id, row);
    return row;
  }

  private rowsOf(
    type: Type,
    caller: Caller | null,
    lifetime: object,
  ): Map<string, Promise<object | null>> {
    let rows = this.#rows.get(lifetime);
    if (rows === undefined) this.#rows.set(lifetime, (rows = new Map() as Rows));
    const ofLoader =
      rows.get(type) ?? new Map<Caller | null, Map<string, Promise<object | null>>>();
    rows.set(type, ofLoader);
    const ofCaller = ofLoader.get(caller) ?? new Map<string, Promise<object | null>>();
    ofLoader.set(caller, ofCaller);
    return ofCaller;
  }
}

async function loadRow(loader: OwnLoader, call: AccessCall, id: string): Promise<object | null> {
  const { caller, userId } = call;
  const read = (source: ValueSource) => {
    if (source.from !== 'input' && source.from !== 'parent') return call.read(source);
    throw new TypeError(
      `load() of the loader '${loader.name}' reads ${source.from} ${source.name}, but its rows are shared by id, also with calls that have another ` +
        'one. Compare what the row has in a rule, or read from the request.',
    );
  };
  const seen = Object.freeze({ caller, userId, read });
  const row = await answerInTime(`the loader '${loader.name}'`, () => loader.load(seen, id));
  if (row === undefined) return null;
  if (typeof row === 'object' && !Array.isArray(row)) return row;
  throw new TypeError(
    `load() of the loader '${loader.name}' did not return a row. Return one object, or null.`,
  );
}
