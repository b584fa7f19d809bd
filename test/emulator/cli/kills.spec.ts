import { closedPort } from '../../support/closed-port.js';
import { until } from '../../support/fake-timers.js';
import {
  childOf,
  descendantsOf,
  emulatorOf,
  grandchildOf,
  isRunning,
  parentThat,
} from './processes.js';
import {
  execOf,
  isTerminalAvailable,
  projectFolder,
  runAsGroup,
  runByNpx,
  runInTerminal,
  type CommandLine,
} from './run.js';

const TELL = 'process.stdout.write(text);';

/** An `exec` whose command has started a process of its own. */
interface Running {
  readonly launched: CommandLine;
  /** The process that was launched: `exec`, or what starts it. */
  readonly pid: number;
  readonly port: number;
}

async function launch(launcher: typeof runAsGroup, child = ''): Promise<Running> {
  const port = await closedPort();
  const launched = launcher(projectFolder(), execOf(port, parentThat(TELL, child)));
  await launched.waitFor('grandchild');
  return { launched, pid: Number(launched.child.pid), port };
}

const KILLS: [string, typeof runAsGroup, (pid: number) => void][] = [
  ['SIGKILL of exec', runAsGroup, (pid) => process.kill(pid, 'SIGKILL')],
  ['SIGKILL of its process group', runAsGroup, (pid) => process.kill(-pid, 'SIGKILL')],
  ['SIGTERM of its process group', runAsGroup, (pid) => process.kill(-pid, 'SIGTERM')],
  ['SIGTERM of exec', runAsGroup, (pid) => process.kill(pid, 'SIGTERM')],
  ['SIGHUP of exec', runAsGroup, (pid) => process.kill(pid, 'SIGHUP')],
  ['SIGKILL of the command', runAsGroup, (pid) => process.kill(childOf(pid), 'SIGKILL')],
  ['SIGKILL of the emulator', runAsGroup, (pid) => process.kill(emulatorOf(pid), 'SIGKILL')],
  ['SIGTERM of the emulator', runAsGroup, (pid) => process.kill(emulatorOf(pid), 'SIGTERM')],
  ['SIGTERM of npx', runByNpx, (pid) => process.kill(pid, 'SIGTERM')],
  ['SIGKILL of npx', runByNpx, (pid) => process.kill(pid, 'SIGKILL')],
  ['SIGKILL of the terminal', runInTerminal, (pid) => process.kill(pid, 'SIGKILL')],
];

/** Most of each test is waiting: for programs that start and end. */
describe('Nothing remains', () => {
  const possible = KILLS.filter((kill) => !kill.includes(runInTerminal) || isTerminalAvailable);

  it.concurrent.each(possible)('after %s', async (_kill, launcher, kill) => {
    const { launched, pid, port } = await launch(launcher);
    const all = [pid, ...descendantsOf(pid)];
    expect(all).toContain(grandchildOf(launched.printed.stdout));
    kill(pid);
    await until(() => !all.some(isRunning));
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });

  it.concurrent('of a server after SIGKILL of npx', async () => {
    const server = runByNpx(projectFolder(), ['--port', String(await closedPort())]);
    await server.waitFor('NEXT_PUBLIC_AUTH_URL');
    const all = [Number(server.child.pid), ...descendantsOf(Number(server.child.pid))];
    expect(all.length).toBeGreaterThan(1);
    server.child.kill('SIGKILL');
    await until(() => !all.some(isRunning));
  });
});

describe('After SIGKILL of exec', () => {
  it.concurrent('processes that ignore SIGTERM end as well', async () => {
    const { launched, pid } = await launch(runAsGroup, "process.on('SIGTERM', () => {})");
    const grandchild = grandchildOf(launched.printed.stdout);
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(grandchild));
    expect(await launched.exit).toBeNull();
  });

  it.concurrent('the command may end in its own way', async () => {
    const port = await closedPort();
    const script =
      "process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(); });" +
      "setInterval(() => {}, 1000); console.log('ready');";
    const exec = runAsGroup(projectFolder(), execOf(port, script));
    await exec.waitFor('ready');
    exec.child.kill('SIGKILL');
    await exec.exit;
    expect(exec.printed.stdout).toBe('ready\ncleaned up\n');
  });
});
