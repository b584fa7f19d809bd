/**
 * The error of a wrong option, or of an access rule that cannot work.
 *
 * It makes startup fail. Its message names the problem and the fix, and never contains the API key or a token.
 *
 * @example
 * ```ts
 * try {
 *   await NestFactory.create(AppModule, { abortOnError: false });
 * } catch (error) {
 *   if (error instanceof PropelAuthConfigurationError) process.exitCode = 78;
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthConfigurationError extends Error {
  /** The name of the class, for logs. */
  override readonly name = 'PropelAuthConfigurationError';
}
