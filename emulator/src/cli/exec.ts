import { join as joinPath } from 'node:path';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { commandEnvironment } from './command-environment.js';
import type { CommandLineOptions, ExecCommand } from './command-line.js';
import { joinEmulator, portTaken, type Lease } from './emulator-on-port.js';
import { startEmulatorProcess } from './emulator-process.js';
import { runCommand } from './process-tree.js';

/** What the process of `exec` knows of itself. */
export interface ExecProcess {
  readonly secrets: IssuerSecrets;
  readonly packageFolder: string;
  /** The command that has started it, without arguments. */
  readonly self: readonly string[];
  /** Is aborted when what has launched it ends. */
  readonly abandoned: AbortSignal;
}

/**
 * Runs a command with the emulator: one that it starts, or that of another `exec` of the project. Standard output is that of the command alone.
 *
 * @returns the exit code of the command, or 1 if the emulator has ended
 */
export async function exec(
  { options, isProduction, program }: ExecCommand,
  { secrets, packageFolder, self, abandoned }: ExecProcess,
): Promise<number> {
  const lease = await takeLease(options, secrets, self);
  const { lost } = lease;
  lost.addEventListener('abort', () => {
    process.stderr.write('The PropelAuth emulator was ended, and so the command ends.\n');
  });
  const env = commandEnvironment(lease, joinPath(packageFolder, 'require-hook.cjs'), isProduction);
  try {
    const code = await runCommand(program, env, AbortSignal.any([abandoned, lost]));
    return lost.aborted ? 1 : code;
  } finally {
    await lease.release();
  }
}

async function takeLease(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  self: readonly string[],
): Promise<Lease> {
  const lease =
    (await join(options, secrets)) ??
    (await startEmulatorProcess(options, self)) ??
    (await join(options, secrets));
  if (lease === undefined) throw await portTaken(options, secrets);
  return lease;
}

async function join(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
): Promise<Lease | undefined> {
  // A free port has no emulator.
  const lease = options.port === 0 ? undefined : await joinEmulator(options, secrets);
  if (lease !== undefined) {
    process.stderr.write(
      `Uses the PropelAuth emulator at ${lease.authUrl}, which this project already runs. It ends with the last command that uses it.\n`,
    );
  }
  return lease;
}
