import type { CacheCounts, CacheName } from '../plugins/observer.js';

/** The state of an application that metrics report whenever they are read. */
export interface ObservedState {
  /** How many seconds ago PropelAuth last confirmed the verification key; `undefined` without a key, and for a key in the options. */
  keyAgeSeconds(): number | undefined;
  /** For how many seconds changes of access from other instances may have been missed; `undefined` if instances share no changes. */
  changesLagSeconds(): number | undefined;
  /** The counts of the caches that are in use. */
  caches(): ReadonlyMap<CacheName, CacheCounts>;
}
