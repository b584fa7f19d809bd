import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandLineError } from './command-line.error.js';
import { endTreeOnWindows, startOnWindows } from './windows.js';

/** How long processes may take to end. */
export interface Patience {
  /** From a signal that ends them to SIGKILL, in milliseconds, while the command itself still runs. */
  readonly afterSignal: number;
  /** The same for what the command has left behind. */
  readonly afterCommand: number;
}

const PATIENCE: Patience = { afterSignal: 10_000, afterCommand: 5_000 };
const STEP_MILLISECONDS = 20;
/** Processes that nobody waits for exist for ever, for example in a container without an init process. */
const AFTER_KILL_MILLISECONDS = 1_000;

/** They may end the command, and do not end this process. SIGINT and SIGQUIT are Ctrl-C and Ctrl-\, which some commands handle otherwise. */
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
const FORCED: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGHUP']);

const IS_WINDOWS = process.platform === 'win32';

/**
 * Runs a command until it and everything that it has started have ended. Signals of this process are passed on to all of them.
 *
 * They are a session of their own, and so a process group that signals reach as a whole, also when the command has crashed. Its processes can
 * read from the terminal, which is not that of their session: the kernel stops readers in the background of their own terminal only.
 *
 * @returns its exit code; 128 and the number of the signal if one has ended it
 * @throws {CommandLineError} if it cannot be started
 */
export async function runCommand(
  program: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  patience: Patience = PATIENCE,
): Promise<number> {
  const child = spawnTree(program, env);
  const stopPassingOn = passSignalsOn(child, patience);
  const endAtOnce = () => signalTree(child, 'SIGKILL');
  process.once('exit', endAtOnce);
  try {
    await started(child, program);
    const code = await exitCodeOf(child);
    await endTree(child, patience.afterCommand);
    return code;
  } finally {
    stopPassingOn();
    process.off('exit', endAtOnce);
  }
}

function spawnTree(
  [file, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return IS_WINDOWS
    ? startOnWindows([file, ...args], env)
    : spawn(file, args, { env, stdio: 'inherit', detached: true });
}

async function started(child: ChildProcess, [file]: readonly [string, ...string[]]): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new CommandLineError(
        `The command ${JSON.stringify(file)} was not found. Check its name, or run one of a package with npx: exec -- npx ${file}.`,
        127,
      );
    }
    throw new CommandLineError(
      `The command ${JSON.stringify(file)} cannot be started (${code}).`,
      126,
    );
  }
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const { exitCode, signalCode } = child;
  return exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]);
}

/** @returns a function that ends it */
function passSignalsOn(child: ChildProcess, { afterSignal }: Patience): () => void {
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Map<NodeJS.Signals, () => void>();
  for (const signal of ENDING) {
    listeners.set(signal, () => {
      signalTree(child, signal);
      if (FORCED.has(signal)) timer ??= setTimeout(() => signalTree(child, 'SIGKILL'), afterSignal);
    });
  }
  if (!IS_WINDOWS) {
    // Ctrl-Z, fg, and the size of the terminal. SIGTSTP itself has no effect on a session without a terminal.
    listeners.set('SIGTSTP', () => {
      signalTree(child, 'SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    });
    for (const signal of ['SIGCONT', 'SIGWINCH'] as const) {
      listeners.set(signal, () => signalTree(child, signal));
    }
  }
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    clearTimeout(timer);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** Ends what the command has left behind. */
async function endTree(child: ChildProcess, patience: number): Promise<void> {
  if (IS_WINDOWS) return;
  signalTree(child, 'SIGTERM');
  // One that Ctrl-Z has stopped cannot end.
  signalTree(child, 'SIGCONT');
  if (await hasEnded(child, patience)) return;
  signalTree(child, 'SIGKILL');
  await hasEnded(child, AFTER_KILL_MILLISECONDS);
}

async function hasEnded(child: ChildProcess, patience: number): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += STEP_MILLISECONDS) {
    if (!signalTree(child, 0)) return true;
    await wait(STEP_MILLISECONDS);
  }
  return !signalTree(child, 0);
}

/** @returns whether there was a process to send it to */
function signalTree({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  if (IS_WINDOWS) return signal === 0 || endTreeOnWindows(pid, signal);
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // macOS: there are only processes that have ended, and nobody has waited for.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && signal !== 0;
  }
}
