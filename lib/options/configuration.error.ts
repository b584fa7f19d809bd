/** A frame of Node.js, or of an installed package, as this one is. */
const FOREIGN_FRAME = /[\\/]node_modules[\\/]|\bnode:/;

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

  /** @param message what is wrong, and how to fix it */
  constructor(message: string) {
    super(message);
    const frames = framesOf(this);
    // Node.js prints the code at the first captured frame in front of the message. A function that is not running leaves no frame.
    Error.captureStackTrace(this, framesOf);
    this.stack = [`${this.name}: ${message}`, ...frames].join('\n');
  }
}

/** The frames of the application, which may show where it made the mistake. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start < 0 ? 0 : start + message.length).split('\n');
  return lines.slice(1).filter((line) => !FOREIGN_FRAME.test(line));
}
