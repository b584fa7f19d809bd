/**
 * Says that the application is set up wrongly: an option, or an access rule on a route.
 *
 * It is thrown while the application starts and stops it. Its message names what is wrong and what to do, and never
 * holds the API key or a token.
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
