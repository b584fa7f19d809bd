/**
 * The error of a wrong option, seed or description of a user. Its message names the problem and the fix.
 *
 * @example
 * ```ts
 * try {
 *   await createEmulator({ seed: 'propelauth.emulator.json' });
 * } catch (error) {
 *   if (error instanceof EmulatorError) console.error(error.message);
 *   else throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class EmulatorError extends Error {
  /** The name of the class, for logs. */
  override readonly name = 'EmulatorError';
}
