/**
 * The environment or the arguments do not say how to run the app. The message says what to change.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
