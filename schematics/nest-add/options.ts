/** What `nest add nestjs-propelauth` takes. The same as in `schema.json`. */
export interface NestAddOptions {
  readonly swagger?: boolean;
  readonly webhooks?: boolean;
  readonly skipLocal?: boolean;
  /** The Nest CLI sets it; `undefined` as a text where `nest-cli.json` has none. */
  readonly sourceRoot?: string;
  readonly skipInstall?: boolean;
  readonly project?: string;
}
