import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmulatorError } from '../emulator.error.js';
import { isInProduction } from '../production.js';
import { loadProjectState, projectIdOf } from '../state/project-state.js';
import { CommandLineError, exitCodeOf } from './command-line.error.js';
import { readCommandLine } from './command-line.js';
import { emulatorProcess } from './emulator-process.js';
import { exec } from './exec.js';
import { HELP } from './help.js';
import { launcherEnd } from './launcher.js';
import { serve } from './serve.js';
import { tokenOf } from './token.js';

/**
 * The command `propelauth-emulator`.
 *
 * @param args its arguments
 * @param packageFolder where package.json and require-hook.cjs are
 * @returns its exit code
 */
export async function main(args: readonly string[], packageFolder: string): Promise<number> {
  try {
    return await run(args, packageFolder);
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodeOf(error);
  }
}

async function run(args: readonly string[], packageFolder: string): Promise<number> {
  const commandLine = readCommandLine(args);
  if (commandLine.command === 'help') return print(HELP);
  if (commandLine.command === 'version') return print(`${versionOf(packageFolder)}\n`);
  if (commandLine.command === 'token') return print(`${await tokenOf(commandLine)}\n`);
  assertNotInProduction();
  const abandoned = launcherEnd();
  const isEmulator = commandLine.command === 'emulator process';
  const secrets = await loadProjectState(projectIdOf(), (line) => {
    if (!isEmulator) process.stderr.write(`${line}\n`);
  });
  if (isEmulator) return emulatorProcess(secrets);
  if (commandLine.command === 'serve') return serve(commandLine.options, secrets, abandoned);
  return exec(commandLine, { secrets, packageFolder, self: commandWithout(args), abandoned });
}

function assertNotInProduction(): void {
  if (!isInProduction()) return;
  throw new CommandLineError(
    'propelauth-emulator does not run with NODE_ENV=production: it signs in anyone as anyone. Unset NODE_ENV, and use exec --production ' +
      'to try a production build.',
  );
}

/** The command of this process without its arguments. */
function commandWithout(args: readonly string[]): string[] {
  const { execPath, execArgv, argv } = process;
  return [execPath, ...execArgv, ...argv.slice(1, argv.length - args.length)];
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
