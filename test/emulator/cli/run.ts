import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadProjectState, projectIdOf } from '../../../emulator/src/state/project-state.js';
import { registerCleanup } from '../../support/clean-up.js';
import { until } from '../../support/fake-timers.js';

const BIN = join(import.meta.dirname, 'bin.js');
const PACKAGE = resolve('emulator');

/** A process of the command line. */
export interface CommandLine {
  readonly child: ChildProcess;
  /** What it and its command have printed so far. */
  readonly printed: { stdout: string; stderr: string };
  /** @returns a promise of its exit code, once both streams have ended: also those of the command's processes, which have them too */
  readonly exit: Promise<number | null>;
  /** Waits until a text was printed to standard output. */
  waitFor(text: string): Promise<void>;
}

/** What the emulator keeps of a project: making a signing key takes longer than most tests. */
const STATE = await makeState();

async function makeState(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'emulator state '));
  await loadProjectState('any', () => {}, folder);
  const state = JSON.parse(readFileSync(join(folder, 'any.json'), 'utf8')) as object;
  rmSync(folder, { recursive: true });
  return state;
}

/** A folder of a project, and one for what the emulator keeps, with an API key of its own. */
export function projectFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'emulator project ')));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  const kept = join(folder, 'cache/propelauth-emulator');
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const apiKey = `emulator_${randomBytes(32).toString('base64url')}`;
  const state = JSON.stringify({ ...STATE, apiKey });
  writeFileSync(join(kept, `${projectIdOf(folder)}.json`), state, { mode: 0o600 });
  return folder;
}

/** Runs `propelauth-emulator` in a folder. */
export function run(
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): CommandLine {
  return start([process.execPath, BIN, PACKAGE, ...args], folder, environment);
}

/** The same in a process group of its own, as Playwright runs servers. */
export function runAsGroup(folder: string, args: readonly string[]): CommandLine {
  return start([process.execPath, BIN, PACKAGE, ...args], folder, {}, true);
}

/** The same by npx, which starts a shell that starts it. */
export function runByNpx(folder: string, args: readonly string[]): CommandLine {
  return start(['npx', '-c', wordsOf([process.execPath, BIN, PACKAGE, ...args])], folder, {});
}

/** util-linux has it; that of macOS has other options. */
export const isTerminalAvailable = process.platform === 'linux' && existsSync('/usr/bin/script');

/** The same in a terminal of its own, by `script` of util-linux. */
export function runInTerminal(folder: string, args: readonly string[]): CommandLine {
  const command = `exec ${wordsOf([process.execPath, BIN, PACKAGE, ...args])}`;
  return start(['script', '-qec', command, '/dev/null'], folder, { SHELL: '/bin/sh' });
}

/** As a POSIX shell reads them. */
function wordsOf(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

function start(
  [file = '', ...args]: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
  detached = false,
): CommandLine {
  const child = spawn(file, args, {
    cwd: folder,
    detached,
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), ...environment },
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const exit = new Promise<number | null>((settle) => {
    child.on('close', (code) => settle(code));
  });
  registerCleanup(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  return {
    child,
    printed,
    exit,
    waitFor: (text) => until(() => printed.stdout.includes(text)),
  };
}

/** Arguments that run a script of Node.js with the emulator on a port. */
export function execOf(port: number, script: string, options: readonly string[] = []): string[] {
  return ['exec', '--port', String(port), ...options, '--', process.execPath, '-e', script];
}
