import { readFileSync } from 'node:fs';

const STEP_MILLISECONDS = 500;
const SHELL = /^(ba|da|a|z|k)?sh$/;

/**
 * Is aborted when npm, npx, pnpm, Yarn or Bun have ended, if one of them has launched this process: they pass signals on to their shell, if at
 * all. Other parents may end before it: shells often do, before what they run in the background.
 */
export function launcherEnd(): AbortSignal {
  const controller = new AbortController();
  const isLaunched = process.env['npm_config_user_agent'] !== undefined;
  if (!isLaunched || process.platform === 'win32') return controller.signal;
  const { ppid } = process;
  const launcher = launcherBehind(ppid);
  const timer = setInterval(() => {
    if (process.ppid === ppid && launcherBehind(ppid) === launcher) return;
    clearInterval(timer);
    controller.abort();
  }, STEP_MILLISECONDS).unref();
  return controller.signal;
}

/** The parent of a shell. It changes when the parent ends. @returns `undefined` for anything but a shell, and on systems other than Linux */
function launcherBehind(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, name = '', parent] = /^\d+ \((.*)\) \w (\d+)/.exec(stat) ?? [];
    return SHELL.test(name) ? parent : undefined;
  } catch {
    return undefined;
  }
}
