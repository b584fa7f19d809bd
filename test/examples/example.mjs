/*
 * An application with a README, as its README says: what it installs, how it starts, and what its calls return.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../package/free-port.mjs';
import { readUntil } from '../package/output.mjs';

const {
  PROPELAUTH_AUTH_URL: _url,
  NODE_ENV: _env,
  NODE_TEST_CONTEXT: _test,
  ...environment
} = process.env;

/** In bytes: more than the tests of an application print. */
const OUTPUT_LIMIT = 64 * 1024 ** 2;

/** Has each call that ends with a comment print its comment after it, and `curl` the status. */
function withMarks(calls) {
  const marked = calls.replaceAll(/^(.*\S) +# (.*)$/gm, `$1\necho; echo '=== $2'`);
  return `curl() { command curl -sS -w ' %{http_code}' "$@"; }\n${marked}`;
}

export class Example {
  /** The environment of its commands. */
  env = environment;

  /** @param {string} folder relative to the root of the repository */
  constructor(folder) {
    this.folder = resolve(import.meta.dirname, '../..', folder);
    this.readme = readFileSync(join(this.folder, 'README.md'), 'utf8');
  }

  /** Runs a command of npm. If it fails, the error has what it has printed. */
  async npm(...words) {
    const options = { cwd: this.folder, env: this.env, maxBuffer: OUTPUT_LIMIT };
    await promisify(execFile)('npm', words, options).catch((error) => {
      throw new Error(`${error.message}\n${error.stdout}`);
    });
  }

  /** Installs what is pinned, and the package anew. Nothing that an earlier run has compiled is left. */
  async install() {
    rmSync(join(this.folder, 'dist'), { recursive: true, force: true });
    await this.npm('ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
  }

  /** The script `start`, with the emulator on another port: examples are tested at the same time. Its output is in one stream. */
  startScript(emulatorPort) {
    const { scripts } = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8'));
    return `(${scripts.start.replace(' exec ', ` exec --fresh --port ${emulatorPort} `)}) 2>&1`;
  }

  /** `npm start`, on free ports, until the application listens. */
  async start() {
    const port = await findFreePort();
    const script = this.startScript(await findFreePort());
    const { outputs, stop } = await this.launch(script, { PORT: String(port) }, [
      'successfully started',
    ]);
    return { port, origin: `http://localhost:${port}`, output: outputs[0], stop };
  }

  /** Runs a script until it has printed these texts. `printed()` is all that it has printed by now. */
  async launch(script, env, texts) {
    // A process group of its own: npm, the emulator and the application are ended together.
    const child = spawn('npm', ['exec', '--call', script], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let all = '';
    child.stdout.on('data', (chunk) => (all += chunk));
    const stop = async () => {
      if (child.exitCode !== null) return;
      process.kill(-Number(child.pid));
      await once(child, 'exit');
    };
    try {
      const outputs = await Promise.all(texts.map((text) => readUntil(child, text)));
      return { outputs, printed: () => all, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /**
   * Starts the application, sets the token as it says, and runs the calls of the README: its block that begins with `ORG=`.
   *
   * @returns {Promise<{ said: string, returned: string }[]>} for each call that ends with a comment, what the comment says and what the call
   *   returns. That of `curl` ends with the status.
   */
  async calls() {
    const [, block] = /^```bash\n(ORG=[^]*?)```/m.exec(this.readme);
    const { origin, port, output, stop } = await this.start();
    try {
      const [setToken] = /TOKEN=\$.*/.exec(output);
      const calls = withMarks(block).replaceAll('localhost:3000', new URL(origin).host);
      const { stdout } = await promisify(execFile)('bash', ['-euc', `${setToken}\n${calls}`], {
        cwd: this.folder,
        env: { ...this.env, PORT: String(port) },
      });
      return [...stdout.matchAll(/([^]*?)\n=== (.*)\n/g)].map(([, returned, said]) => ({
        said,
        returned,
      }));
    } finally {
      await stop();
    }
  }
}
