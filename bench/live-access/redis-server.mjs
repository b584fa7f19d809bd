import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { importPackage } from '../under-test/root.mjs';

const { createClient } = await importPackage('redis');

/** A `redis-server` on a free port of 127.0.0.1, which keeps nothing when it ends. */
export class RedisServer {
  #directory;
  #port;
  #process;
  #client;

  static async start() {
    const server = new RedisServer();
    server.#directory = await mkdtemp(join(tmpdir(), 'nestjs-propelauth-bench-'));
    server.#port = await freePort();
    process.once('exit', () => server.#process.kill('SIGKILL'));
    await server.startAgain();
    server.#client = createClient({ url: server.url, socket: { reconnectStrategy: 50 } });
    server.#client.on('error', () => {});
    await server.#client.connect();
    return server;
  }

  get url() {
    return `redis://127.0.0.1:${this.#port}`;
  }

  run(...command) {
    return this.#client.sendCommand(command);
  }

  /** @param name `SIGSTOP` and `SIGCONT` make it hang and go on */
  signal(name) {
    this.#process.kill(name);
  }

  /** @param signal SIGTERM lets it say goodbye, SIGKILL does not */
  async end(signal = 'SIGKILL') {
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  async startAgain() {
    const options = ['--bind', '127.0.0.1', '--port', `${this.#port}`, '--dir', this.#directory];
    const server = spawn('redis-server', [...options, '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = server;
    await new Promise((resolve, reject) => {
      server.once('error', () =>
        reject(new Error('There is no redis-server: apt-get install redis-server')),
      );
      server.once('exit', (code) => reject(new Error(`redis-server ended at once (${code})`)));
      createInterface(server.stdout).on('line', (line) => {
        if (line.includes('Ready to accept connections')) resolve();
      });
    });
  }

  async close() {
    this.#client.destroy();
    await this.end();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
