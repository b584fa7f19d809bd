import type { TokenSource } from '../options/token-source.interface.js';

/** What a source of this package reads. */
interface BuiltInTokenSource {
  /** The name of a cookie. */
  readonly cookie?: string;
  /** Whether it reads the standard place of the transport. */
  readonly readsHeader: boolean;
}

/** The sources that this copy of the package created. */
const BUILT_IN = new WeakMap<TokenSource, BuiltInTokenSource>();

/** Creates a source that is known to read only this. */
export function createTokenSource(reads: BuiltInTokenSource, source: TokenSource): TokenSource {
  BUILT_IN.set(source, reads);
  return source;
}

/** What a source reads; `undefined` for a function of the application, which may read anything. */
export function builtInTokenSourceOf(source: TokenSource): BuiltInTokenSource | undefined {
  return BUILT_IN.get(source);
}

/** Whether a source may find a token in the data of a message: the sources of this package never do. */
export function mayReadMessages(source: TokenSource | undefined): boolean {
  return source !== undefined && !BUILT_IN.has(source);
}
