import { closedPort } from '../../support/closed-port.js';
import { until } from '../../support/fake-timers.js';
import { childOf, grandchildOf, isRunning, parentThat } from './processes.js';
import { execOf, projectFolder, runAsGroup, type CommandLine } from './run.js';

const TELL = 'process.stdout.write(text);';

/** An `exec` whose command has started a process of its own. */
interface Running {
  readonly exec: CommandLine;
  readonly pid: number;
  readonly port: number;
}

async function startExec(child = ''): Promise<Running> {
  const port = await closedPort();
  const exec = runAsGroup(projectFolder(), execOf(port, parentThat(TELL, child)));
  await exec.waitFor('grandchild');
  return { exec, pid: Number(exec.child.pid), port };
}

const KILLS: [string, (running: Running) => void][] = [
  ['SIGKILL of exec', ({ pid }) => process.kill(pid, 'SIGKILL')],
  ['SIGKILL of its process group', ({ pid }) => process.kill(-pid, 'SIGKILL')],
  ['SIGTERM of its process group', ({ pid }) => process.kill(-pid, 'SIGTERM')],
  ['SIGTERM of exec', ({ pid }) => process.kill(pid, 'SIGTERM')],
  ['SIGHUP of exec', ({ pid }) => process.kill(pid, 'SIGHUP')],
  ['SIGKILL of the command', ({ pid }) => process.kill(childOf(pid), 'SIGKILL')],
];

describe('Nothing remains', () => {
  it.each(KILLS)('after %s', async (_kill, kill) => {
    const running = await startExec();
    const command = childOf(running.pid);
    const all = [running.pid, command, grandchildOf(running.exec.printed.stdout)];
    kill(running);
    await running.exec.exit;
    await until(() => !all.some(isRunning));
    await expect(fetch(`http://127.0.0.1:${running.port}`)).rejects.toThrow('fetch failed');
  });
});

describe('After SIGKILL of exec', () => {
  it('processes that ignore SIGTERM end as well', async () => {
    const { exec, pid } = await startExec("process.on('SIGTERM', () => {})");
    const grandchild = grandchildOf(exec.printed.stdout);
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(grandchild));
    expect(await exec.exit).toBeNull();
  });

  it('the command may end in its own way', async () => {
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
