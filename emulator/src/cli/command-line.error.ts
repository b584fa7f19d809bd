import { EmulatorError } from '../emulator.error.js';

/** What the command line ends with when it cannot do what was asked. */
export class CommandLineError extends EmulatorError {
  /** @param exitCode 2, as shells have it, for a command line that is wrong */
  constructor(
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

export function exitCodeOf(error: EmulatorError): number {
  return error instanceof CommandLineError ? error.exitCode : 2;
}
