import type { Caller } from '../types/caller.js';
import type { IncomingCall } from './incoming-call.interface.js';
import type { ValueSource } from './value-source.js';

/**
 * What a {@link ResourceLoader} sees of a call: neither the organization nor the context, because the row is shared by all that ask for it, and
 * `read()` of neither `fromInput()` nor `fromParent()`, which may differ between them.
 *
 * @publicApi
 */
export interface ResourceCall extends Pick<IncomingCall, 'read'> {
  /** The verified caller; `null` for an unauthenticated one. */
  readonly caller: Caller | null;
  /** The id of the PropelAuth user who is the caller, or stands behind it. */
  readonly userId: string | undefined;
}

/**
 * Loads a row of your application that a call is about, for rules, organization sources and handlers: one query for each request and id.
 * Rows are shared below one root field of GraphQL, within one HTTP request or one message, by callers with the same credential, and never
 * beyond.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class DocumentLoader implements ResourceLoader<Doc> {
 *   readonly name = 'document';
 *   readonly id = fromInput('documentId');
 *
 *   constructor(private readonly docs: Docs) {}
 *
 *   load(_call: ResourceCall, id: string) {
 *     return this.docs.find(id);
 *   }
 *
 *   orgId(document: Doc) {
 *     return document.orgId;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export interface ResourceLoader<Row extends object = object> {
  /** The name in tables and logs: lower case, digits and hyphens. No two loaders have the same. */
  readonly name: string;

  /** Where a call has the id of its row, such as `fromInput('documentId')`. */
  readonly id: ValueSource;

  /**
   * Loads a row. It has 10 s, after which the call gets 503.
   *
   * @param call who calls
   * @param id the id, as the client sent it
   * @returns the row; `null` or `undefined` if there is none
   * @throws an HttpException is the response, anything else 500. Nobody is let in
   */
  load(call: ResourceCall, id: string): Row | null | undefined | Promise<Row | null | undefined>;

  /**
   * The id of the organization that a row belongs to. A row of another organization than the one that the rules of the call have checked
   * counts as `null`, for rules and handlers alike.
   */
  orgId?(row: Row): string | null | undefined;
}
