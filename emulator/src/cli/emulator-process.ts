import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EmulatorError } from '../emulator.error.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { Leases } from '../server/leases.js';
import { CommandLineError, exitCodeOf } from './command-line.error.js';
import { EMULATOR_PROCESS, type CommandLineOptions } from './command-line.js';
import type { Lease } from './emulator-on-port.js';
import { variablesOf } from './environment.js';
import { startEmulator, type RunningEmulator } from './running-emulator.js';
import { startMessage } from './start-message.js';

/** What the process tells the one that has started it, which has told it the options. */
type Answer =
  | (Pick<Lease, 'authUrl' | 'apiUrl' | 'variables'> & { readonly message: string })
  | { readonly error: string; readonly exitCode: number }
  | 'port taken';

const RELEASE = 'release';
/** The answer if others use the emulator. If not, it ends. */
const KEPT = 'kept';

/**
 * Starts an emulator in a process of its own, which outlives this one while others use it, and takes a lease. It is in a session of its own:
 * signals to this process and its group do not reach it.
 *
 * @param self the command that has started this process, without arguments
 * @returns `undefined` if the port is taken
 * @throws {CommandLineError} if it cannot be started
 */
export async function startEmulatorProcess(
  options: CommandLineOptions,
  [file, ...args]: readonly string[],
): Promise<Lease | undefined> {
  const child = spawn(file ?? process.execPath, [...args, EMULATOR_PROCESS], {
    detached: true,
    windowsHide: true,
    // Not this one's: whoever reads from it would wait for the emulator as well.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(text));
  const lost = new AbortController();
  const lose = () => lost.abort();
  child.once('exit', lose);
  const send = (message: CommandLineOptions | typeof RELEASE) => void child.send(message, () => {});
  send(options);
  const [answer] = (await nextOf(child)) as [Answer | number | null];
  if (answer === 'port taken') return undefined;
  if (answer === null || typeof answer === 'number')
    throw new CommandLineError('The emulator has ended at its start.', 1);
  if ('error' in answer) throw new CommandLineError(answer.error, answer.exitCode);
  process.stderr.write(`${answer.message}\n`);
  return {
    ...answer,
    lost: lost.signal,
    release: async () => {
      child.off('exit', lose);
      if (!child.connected) return;
      send(RELEASE);
      await nextOf(child);
      if (child.connected) child.disconnect();
      child.unref();
      child.stderr?.destroy();
    },
  };
}

/** The next message of a process, or its exit code. */
function nextOf(child: ChildProcess): Promise<unknown[]> {
  return Promise.race([once(child, 'message'), once(child, 'exit')]);
}

/** Runs in that process. @returns its exit code */
export async function emulatorProcess(secrets: IssuerSecrets): Promise<number> {
  // Nobody may be left to read it.
  process.stderr.on('error', () => {});
  const signal = Promise.race(['SIGTERM', 'SIGINT'].map((name) => once(process, name)));
  const leases = new Leases();
  const release = leases.take();
  process.once('disconnect', release);
  const [options] = (await once(process, 'message')) as [CommandLineOptions];
  const { running, answer } = await start(options, secrets, leases);
  process.send?.(answer);
  if (running !== undefined) {
    process.once('message', () => {
      release();
      if (!leases.hasEnded) process.send?.(KEPT);
    });
    await Promise.race([signal, leases.ended]);
    await running.close();
  }
  if (process.connected) process.disconnect();
  return 0;
}

async function start(
  options: CommandLineOptions,
  secrets: IssuerSecrets,
  leases: Leases,
): Promise<{ running?: RunningEmulator; answer: Answer }> {
  try {
    const running = await startEmulator(options, secrets, leases);
    if (running === undefined) return { answer: 'port taken' };
    const { authUrl } = running.emulator.issuer;
    const variables = variablesOf(authUrl, secrets, options.variables);
    const { emulator, apiUrl, access } = running;
    const message = startMessage(emulator, access);
    return { running, answer: { authUrl, apiUrl, variables, message } };
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    return { answer: { error: error.message, exitCode: exitCodeOf(error) } };
  }
}
