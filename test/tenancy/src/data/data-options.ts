/** How to reach PostgreSQL. */
export interface DataOptions {
  /** As the role `tenancy_app`, which owns nothing. */
  readonly url: string;
  /** The most connections. Default: 10. */
  readonly poolSize?: number;
}
