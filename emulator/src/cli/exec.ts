import { join } from 'node:path';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { CommandLineError } from './command-line.error.js';
import { commandEnvironment } from './command-environment.js';
import type { CommandLineOptions, ExecCommand } from './command-line.js';
import { assertJoinable } from './emulator-on-port.js';
import { variablesOf } from './environment.js';
import { runCommand } from './process-tree.js';
import { authUrlOf, startEmulator } from './running-emulator.js';
import { startMessage } from './start-message.js';

/**
 * Runs a command with the emulator: one that it starts, or that of another `exec` of the project. Standard output is that of the command alone.
 *
 * @returns the exit code of the command
 */
export async function exec(
  { options, isProduction, program }: ExecCommand,
  secrets: IssuerSecrets,
  packageFolder: string,
): Promise<number> {
  const close = await startOrJoin(options, secrets);
  const authUrl = authUrlOf(options);
  const env = commandEnvironment({
    authUrl,
    variables: variablesOf(authUrl, secrets, options.variables),
    hook: join(packageFolder, 'require-hook.cjs'),
    isProduction,
    inherited: process.env,
  });
  try {
    return await runCommand(program, env);
  } finally {
    await close();
  }
}

/** @returns what stops the emulator, unless it is another's */
async function startOrJoin(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
): Promise<() => Promise<void>> {
  const running = await startEmulator(options, secrets);
  if (running !== undefined) {
    process.stderr.write(`${startMessage(running.emulator)}\n`);
    return () => running.close();
  }
  await assertJoinable(options, secrets);
  if (options.isFresh) {
    throw new CommandLineError(
      `--fresh is for an emulator that starts, but that of this project already runs on port ${options.port}. Stop it, or choose another --port.`,
      1,
    );
  }
  process.stderr.write(
    `Uses the PropelAuth emulator at ${authUrlOf(options)}, which this project already runs. It ends with the command that started it.\n`,
  );
  return async () => {};
}
