import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBunHook, withHook } from '../../../emulator/src/cli/command-environment.js';
import { runCommand } from '../../../emulator/src/cli/process-tree.js';
import { closedPort } from '../../support/closed-port.js';
import { until } from '../../support/fake-timers.js';
import { childOf, grandchildOf, isRunning, parentThat, stateOf } from './processes.js';
import { execOf, isTerminalAvailable, projectFolder, run, runInTerminal } from './run.js';

/** A script that prints the environment. */
const PRINT = 'console.log(JSON.stringify(process.env))';

async function environmentOf(
  options: readonly string[] = [],
  inherited: NodeJS.ProcessEnv = {},
): Promise<{ port: number; env: Record<string, string> }> {
  const port = await closedPort();
  const command = run(projectFolder(), execOf(port, PRINT, options), inherited);
  expect(await command.exit).toBe(0);
  return { port, env: JSON.parse(command.printed.stdout) as Record<string, string> };
}

describe('exec gives its command', () => {
  it('the variables of PropelAuth, also those that were set otherwise', async () => {
    const { port, env } = await environmentOf([], { PROPELAUTH_API_KEY: 'another' });
    const url = `http://localhost:${port}`;
    expect(env).toMatchObject({
      PROPELAUTH_AUTH_URL: url,
      PROPELAUTH_API_KEY: expect.stringMatching(/^emulator_[\w-]{43}$/),
      PROPELAUTH_VERIFIER_KEY: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
      PROPELAUTH_WEBHOOK_SECRET: expect.stringMatching(/^whsec_/),
      PROPELAUTH_INTROSPECTION_CLIENT_ID: expect.stringMatching(/^emulator_/),
      PROPELAUTH_INTROSPECTION_CLIENT_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      NEXT_PUBLIC_AUTH_URL: url,
    });
  });

  it('those of --env', async () => {
    const { port, env } = await environmentOf(['--env', 'A=authUrl', '--env', 'B=apiKey']);
    expect(env).toMatchObject({ A: `http://localhost:${port}`, B: env['PROPELAUTH_API_KEY'] });
  });

  it('no PROPELAUTH_API_URL, so that calls go to the emulator', async () => {
    const { env } = await environmentOf([], { PROPELAUTH_API_URL: 'https://egress.example.com' });
    expect(env).not.toHaveProperty('PROPELAUTH_API_URL');
  });

  it.each([
    ['', 'development'],
    ['test', 'test'],
  ])('with NODE_ENV=%j, NODE_ENV=%s', async (inherited, given) => {
    const { env } = await environmentOf([], { NODE_ENV: inherited });
    expect(env['NODE_ENV']).toBe(given);
  });

  it('NODE_ENV=production and the API URL with --production', async () => {
    const { port, env } = await environmentOf(['--production']);
    expect(env).toMatchObject({
      NODE_ENV: 'production',
      PROPELAUTH_API_URL: `http://localhost:${port}`,
    });
  });

  it('the public URL, and that of this machine for calls', async () => {
    const port = await closedPort();
    const options = ['--host', '0.0.0.0', '--public-url', 'https://emulator.example.com'];
    const command = run(projectFolder(), execOf(port, PRINT, options));
    expect(await command.exit).toBe(0);
    const local = `http://localhost:${port}`;
    expect(JSON.parse(command.printed.stdout)).toMatchObject({
      PROPELAUTH_AUTH_URL: 'https://emulator.example.com',
      PROPELAUTH_API_URL: local,
      PROPELAUTH_EMULATOR_URL: local,
    });
    expect(command.printed.stderr).toMatch(/\nSecret that pages ask for\n\n {2}[\w-]{43}\n/);
  });

  it('its arguments as they are', async () => {
    const odd = ['a b', '', '"', "'", '%PATH%', '$HOME', '^&|<>()!', 'back\\slash\\', '*'];
    const port = await closedPort();
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const command = run(projectFolder(), [...execOf(port, script), ...odd]);
    expect(await command.exit).toBe(0);
    expect(JSON.parse(command.printed.stdout)).toEqual(odd);
  });

  it('its standard input, and standard output to it alone', async () => {
    const port = await closedPort();
    const command = run(projectFolder(), execOf(port, 'process.stdin.pipe(process.stdout)'));
    command.child.stdin?.end('hello');
    expect(await command.exit).toBe(0);
    expect(command.printed.stdout).toBe('hello');
    expect(command.printed.stderr).toContain(`runs at http://localhost:${port}`);
  });
});

describe('withHook()', () => {
  it('keeps other options of Node.js, and quotes a path with spaces', () => {
    expect(withHook(undefined, '/a/hook.cjs')).toBe('--require /a/hook.cjs');
    expect(withHook('--trace-warnings', '/my "a" \\b/hook.cjs')).toBe(
      '--trace-warnings --require "/my \\"a\\" \\\\b/hook.cjs"',
    );
  });
});

describe('withBunHook()', () => {
  it('keeps other options of Bun, and quotes a path with spaces', () => {
    expect(withBunHook(undefined, '/a/hook.cjs')).toBe('--preload=/a/hook.cjs');
    expect(withBunHook('--smol', '/my "a" \\b/hook.cjs')).toBe(
      '--smol "--preload=/my \\"a\\" \\\\b/hook.cjs"',
    );
  });
});

describe('exec ends', () => {
  it.each([0, 1, 7])('with the exit code %i of its command', async (code) => {
    const command = run(projectFolder(), execOf(await closedPort(), `process.exit(${code})`));
    expect(await command.exit).toBe(code);
  });

  it('with 128 and the number of the signal that ended its command', async () => {
    const script = "process.kill(process.pid, 'SIGKILL')";
    expect(await run(projectFolder(), execOf(await closedPort(), script)).exit).toBe(137);
  });

  it('with 127 if there is no such command', async () => {
    const port = String(await closedPort());
    const command = run(projectFolder(), ['exec', '--port', port, '--', 'no-such-command']);
    expect(await command.exit).toBe(127);
    expect(command.printed.stderr).toContain('The command "no-such-command" was not found.');
  });

  it('with 126 if the command is not executable', async () => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'script'), '');
    const port = String(await closedPort());
    const command = run(folder, ['exec', '--port', port, '--', './script']);
    expect(await command.exit).toBe(126);
    expect(command.printed.stderr).toContain('"./script" cannot be started (EACCES).');
  });

  it.each([
    ['node -p 1', 'Write it and its arguments without quotes: exec -- node -p 1.'],
    ['./bad-interpreter', 'the program that its first line names.'],
  ])('with 127 and advice that fits %s', async (program, advice) => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'bad-interpreter'), '#!/no/such/program\n', { mode: 0o755 });
    const port = String(await closedPort());
    const command = run(folder, ['exec', '--port', port, '--', program]);
    expect(await command.exit).toBe(127);
    expect(command.printed.stderr).toContain(advice);
  });

  it('with 126 if the path of the command goes through a file', async () => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'file'), '');
    const port = String(await closedPort());
    const command = run(folder, ['exec', '--port', port, '--', './file/script']);
    expect(await command.exit).toBe(126);
    expect(command.printed.stderr).toContain('"./file/script" cannot be started (ENOTDIR).');
  });

  it('its emulator', async () => {
    const port = await closedPort();
    expect(await run(projectFolder(), execOf(port, '')).exit).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });
});

describe('Signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s reaches the command, which decides when to end',
    async (signal) => {
      const script =
        `process.on('${signal}', () => { console.log('got it'); process.exit(5); });` +
        "setInterval(() => {}, 1000); console.log('ready');";
      const command = run(projectFolder(), execOf(await closedPort(), script));
      await command.waitFor('ready');
      command.child.kill(signal);
      expect(await command.exit).toBe(5);
      expect(command.printed.stdout).toBe('ready\ngot it\n');
    },
  );

  it('at the moment when the command starts end it as well', async () => {
    const folder = projectFolder();
    const preload = `
      const processes = require('node:child_process');
      const { spawn } = processes;
      processes.spawn = (...args) => {
        const child = spawn(...args);
        if (args[0] !== 'sleep') return child;
        require('node:fs').writeFileSync('pid', String(child.pid));
        process.kill(process.pid, 'SIGTERM');
        return child;
      };
      require('node:module').syncBuiltinESMExports();`;
    writeFileSync(join(folder, 'preload.cjs'), preload);
    const port = String(await closedPort());
    const command = run(folder, ['exec', '--port', port, '--', 'sleep', '60'], {
      NODE_OPTIONS: '--require ./preload.cjs',
    });
    await until(() => command.child.exitCode !== null || command.child.signalCode !== null);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    const isOrphan = isRunning(pid);
    if (isOrphan) process.kill(pid);
    expect(isOrphan).toBe(false);
    expect(await command.exit).toBe(143);
  });

  it('that the command does not handle end it', async () => {
    const script = "setInterval(() => {}, 1000); console.log('ready');";
    const command = run(projectFolder(), execOf(await closedPort(), script));
    await command.waitFor('ready');
    command.child.kill('SIGTERM');
    expect(await command.exit).toBe(143);
  });
});

const TELL = 'process.stdout.write(text);';

const describeWithTerminal = isTerminalAvailable ? describe : describe.skip;

describeWithTerminal('In a terminal, the command', () => {
  const script =
    "process.stdin.on('data', (text) => console.log('read ' + String(text).trim()));" +
    "process.on('SIGINT', () => { console.log('interrupted'); process.exit(4); });" +
    'console.log(`ready ${process.stdin.isTTY} ${process.stdout.isTTY}`);';

  it('reads from it, writes to it, and gets Ctrl-C once', async () => {
    const command = runInTerminal(projectFolder(), execOf(await closedPort(), script));
    await command.waitFor('ready true true');
    command.child.stdin?.write('hello\n');
    await command.waitFor('read hello');
    command.child.stdin?.write('\u0003');
    expect(await command.exit).toBe(4);
    expect(command.printed.stdout.split('interrupted')).toHaveLength(2);
  });

  it('stops with Ctrl-Z, and goes on with fg', async () => {
    const command = runInTerminal(projectFolder(), execOf(await closedPort(), script));
    await command.waitFor('ready');
    const pid = childOf(Number(command.child.pid));
    command.child.stdin?.write('\u001A');
    const all = [Number(command.child.pid), pid, childOf(pid)];
    await until(() => all.every((each) => stateOf(each) === 'T'));
    // `script` has stopped with it, and lets it go on as a shell does.
    command.child.kill('SIGCONT');
    process.kill(pid, 'SIGCONT');
    command.child.stdin?.write('hello\n');
    await command.waitFor('read hello');
    command.child.stdin?.write('\u0003');
    expect(await command.exit).toBe(4);
  });
});

/** A script that ends at SIGINT, with the number of the SIGTERMs before it. */
function counting(file: string): string {
  return (
    "let count = 0; process.on('SIGTERM', () => (count += 1));" +
    "process.on('SIGINT', () => setTimeout(() => process.exit(count), 100));" +
    `setInterval(() => {}, 1000); require('node:fs').writeFileSync(${JSON.stringify(file)}, 'ready')`
  );
}

describe('A command whose launcher ends', () => {
  it.each([
    ['gets SIGTERM', [], 1],
    ['gets no second SIGTERM', ['SIGTERM'], 1],
  ] as const)('%s', async (_what, signals, expected) => {
    const file = join(projectFolder(), 'ready');
    const launcher = new AbortController();
    const program = [process.execPath, '-e', counting(file)] as const;
    const ended = runCommand([...program], process.env, launcher.signal);
    await until(() => contentOf(file) === 'ready');
    for (const signal of signals) process.emit(signal);
    launcher.abort();
    process.emit('SIGINT');
    expect(await ended).toBe(expected);
  });

  it('ends by SIGKILL if it ignores everything', async () => {
    const file = join(projectFolder(), 'ready');
    const launcher = new AbortController();
    const patience = { afterSignal: 1, afterCommand: 40 };
    const script = `process.on('SIGINT', () => {}); ${counting(file)}`.replace('process.exit', '');
    const program = [process.execPath, '-e', script] as const;
    const ended = runCommand([...program], process.env, launcher.signal, patience);
    await until(() => contentOf(file) === 'ready');
    process.emit('SIGINT');
    launcher.abort();
    expect(await ended).toBe(137);
  });
});

describe('The processes that a command has started end', () => {
  it.each([
    ['when it ends', 'process.exit(3)', 3],
    ['when it crashes', "throw new Error('a crash')", 1],
    ['when it is killed', "process.kill(process.pid, 'SIGKILL')", 137],
  ])('%s', async (_when, does, code) => {
    const command = run(projectFolder(), execOf(await closedPort(), parentThat(TELL + does)));
    expect(await command.exit).toBe(code);
    expect(isRunning(grandchildOf(command.printed.stdout))).toBe(false);
  });

  it('when exec is ended', async () => {
    const command = run(projectFolder(), execOf(await closedPort(), parentThat(TELL)));
    await command.waitFor('grandchild');
    command.child.kill('SIGTERM');
    expect(await command.exit).toBe(143);
    expect(isRunning(grandchildOf(command.printed.stdout))).toBe(false);
  });

  it('by SIGKILL if nothing else ends them', async () => {
    const stubborn = "process.on('SIGTERM', () => {})";
    const file = join(projectFolder(), 'pid');
    const does = `require('node:fs').writeFileSync(${JSON.stringify(file)}, text); process.exit(0)`;
    const program = [process.execPath, '-e', parentThat(does, stubborn)] as const;
    const patience = { afterSignal: 60_000, afterCommand: 40 };
    expect(await runCommand([...program], process.env, never, patience)).toBe(0);
    const pid = grandchildOf(readFileSync(file, 'utf8'));
    expect(isRunning(pid)).toBe(false);
  });

  it('with it, if it ignores SIGTERM', async () => {
    const file = join(projectFolder(), 'ready');
    const script =
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);" +
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, 'ready')`;
    const patience = { afterSignal: 1, afterCommand: 40 };
    const ended = runCommand([process.execPath, '-e', script], process.env, never, patience);
    await until(() => contentOf(file) === 'ready');
    process.emit('SIGTERM');
    expect(await ended).toBe(137);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });
});

/** Nothing is abandoned. */
const never = new AbortController().signal;

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
