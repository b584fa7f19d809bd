import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { registerCleanup } from './clean-up.js';
import { closedPort } from './closed-port.js';

/** A `redis-server` of the test's own: on a free port of 127.0.0.1, in a directory that goes with it. */
export class RedisServer {
  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private process: ChildProcess,
    /** What it keeps when it is killed: nothing, or everything that it has answered. */
    private readonly keeps: 'nothing' | 'everything',
  ) {}

  static async start(keeps: 'nothing' | 'everything' = 'nothing'): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'nestjs-propelauth-redis-'));
    const port = await closedPort();
    const process = await startProcess(directory, port, keeps);
    const server = new RedisServer(directory, port, process, keeps);
    registerCleanup(() => server.stop());
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends the server, at once and without a word to its clients. */
  async kill(): Promise<void> {
    const { process } = this;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  /** Starts the server anew, on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    this.process = await startProcess(this.directory, this.port, this.keeps);
  }

  /** Keeps the server from doing anything: it hangs, with its connections open. */
  pause(): void {
    this.process.kill('SIGSTOP');
  }

  resume(): void {
    this.process.kill('SIGCONT');
  }

  private async stop(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function startProcess(
  directory: string,
  port: number,
  keeps: 'nothing' | 'everything',
): Promise<ChildProcess> {
  const options = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', directory];
  const persistence =
    keeps === 'nothing'
      ? ['--save', '', '--appendonly', 'no']
      : ['--appendonly', 'yes', '--appendfsync', 'always'];
  const server = spawn('redis-server', [...options, ...persistence], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', () =>
      reject(new Error('There is no redis-server to test with: apt-get install redis-server')),
    );
    server.once('exit', (code) => reject(new Error(`redis-server ended at once (${code})`)));
    createInterface(server.stdout).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}
