import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../test/package/free-port.mjs';
import { sleep } from './time.mjs';

/** A redis-server that can be killed, paused and started again on the same port. */
export class RedisServer {
  #process;
  #port;
  #directory;
  #isPersistent;

  constructor({ isPersistent }) {
    this.#isPersistent = isPersistent;
  }

  get url() {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async start() {
    this.#port ??= await findFreePort();
    this.#directory ??= await mkdtemp(join(tmpdir(), 'live-access-'));
    const settings = {
      bind: '127.0.0.1',
      port: this.#port,
      dir: this.#directory,
      save: '',
      appendonly: this.#isPersistent ? 'yes' : 'no',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn('redis-server', args, { stdio: 'ignore' });
    while (!(await this.#isListening())) await sleep(0.02);
  }

  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  pause() {
    this.#process.kill('SIGSTOP');
  }

  resume() {
    this.#process.kill('SIGCONT');
  }

  async remove() {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #isListening() {
    const socket = connect(this.#port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
