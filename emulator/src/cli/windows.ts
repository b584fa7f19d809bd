import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

/** Starts a command by cmd.exe: those of npm packages are .cmd files, which only a shell runs. */
export function startOnWindows(
  program: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return spawn(windowsCommandLine(program), { env, stdio: 'inherit', shell: true });
}

/** Arguments as cmd.exe reads them. */
export function windowsCommandLine(program: readonly string[]): string {
  return program
    .map((text) => (/^[\w./:\\@=+-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`))
    .join(' ');
}

/** Ends a process and its children. Ctrl-C needs nothing: the console sends it to all of them. */
export function endTreeOnWindows(pid: number, signal: NodeJS.Signals): boolean {
  if (signal === 'SIGINT') return true;
  spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
  return true;
}
