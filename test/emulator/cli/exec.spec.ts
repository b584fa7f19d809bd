import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commandEnvironment,
  withBunHook,
  withHook,
} from '../../../emulator/src/cli/command-environment.js';
import { runCommand, type Patience } from '../../../emulator/src/cli/process-tree.js';
import { closedPort } from '../../support/closed-port.js';
import { until } from '../../support/fake-timers.js';
import { childOf, grandchildOf, isRunning, parentThat, stateOf } from './processes.js';
import { execOf, isTerminalAvailable, projectFolder, run, runInTerminal } from './run.js';

/** A script that prints the environment and its arguments. */
const PRINT = 'console.log(JSON.stringify({ env: process.env, args: process.argv.slice(1) }))';
const LOCAL = 'http://localhost:4000';
const PUBLIC = 'https://emulator.example.com';

/** The environment of a command, under variables of this process. */
function environmentWith(
  inherited: NodeJS.ProcessEnv,
  { authUrl = LOCAL, isProduction = false } = {},
): NodeJS.ProcessEnv {
  const before = { ...process.env };
  Object.assign(process.env, inherited);
  try {
    const variables = { PROPELAUTH_AUTH_URL: authUrl };
    return commandEnvironment({ authUrl, apiUrl: LOCAL, variables }, '/hook.cjs', isProduction);
  } finally {
    for (const name of Object.keys(inherited)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe('exec gives its command', () => {
  it('the variables of PropelAuth and of --env, and its arguments as they are', async () => {
    const odd = ['a b', '', '"', "'", '%PATH%', '$HOME', '^&|<>()!', 'back\\slash\\', '*'];
    const port = await closedPort();
    const options = ['--env', 'A=authUrl', '--env', 'B=apiKey'];
    const command = run(projectFolder(), [...execOf(port, PRINT, options), ...odd], {
      PROPELAUTH_API_KEY: 'another',
    });
    expect(await command.exit).toBe(0);
    const { env, args } = JSON.parse(command.printed.stdout);
    const url = `http://localhost:${port}`;
    expect(env).toMatchObject({
      PROPELAUTH_AUTH_URL: url,
      PROPELAUTH_API_KEY: expect.stringMatching(/^emulator_[\w-]{43}$/),
      PROPELAUTH_VERIFIER_KEY: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
      PROPELAUTH_WEBHOOK_SECRET: expect.stringMatching(/^whsec_/),
      PROPELAUTH_INTROSPECTION_CLIENT_ID: expect.stringMatching(/^emulator_/),
      PROPELAUTH_INTROSPECTION_CLIENT_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      NEXT_PUBLIC_AUTH_URL: url,
      A: url,
      B: env.PROPELAUTH_API_KEY,
    });
    expect(args).toEqual(odd);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });

  it.each<[NodeJS.ProcessEnv, Parameters<typeof environmentWith>[1], NodeJS.ProcessEnv]>([
    [{ PROPELAUTH_AUTH_URL: 'another' }, {}, { PROPELAUTH_AUTH_URL: LOCAL }],
    // Calls go to the emulator.
    [{ PROPELAUTH_API_URL: PUBLIC }, {}, { PROPELAUTH_API_URL: undefined }],
    [{ NODE_ENV: '' }, {}, { NODE_ENV: 'development' }],
    [{ NODE_ENV: 'test' }, {}, { NODE_ENV: 'test' }],
    [{}, { isProduction: true }, { NODE_ENV: 'production', PROPELAUTH_API_URL: LOCAL }],
    [{}, { authUrl: PUBLIC }, { PROPELAUTH_API_URL: LOCAL, PROPELAUTH_EMULATOR_URL: LOCAL }],
  ])('for %j and %j, the variables %j', (inherited, options, expected) => {
    const environment = environmentWith(inherited, options);
    for (const [name, value] of Object.entries(expected)) expect(environment[name]).toBe(value);
  });

  it('the public URL, and prints the secret that pages ask for', async () => {
    const port = await closedPort();
    const options = ['--host', '0.0.0.0', '--public-url', PUBLIC];
    const command = run(projectFolder(), execOf(port, PRINT, options));
    expect(await command.exit).toBe(0);
    expect(JSON.parse(command.printed.stdout).env).toMatchObject({
      PROPELAUTH_AUTH_URL: PUBLIC,
      PROPELAUTH_API_URL: `http://localhost:${port}`,
    });
    expect(command.printed.stderr).toMatch(/\nSecret that pages ask for\n\n {2}[\w-]{43}\n/);
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

describe('withHook() and withBunHook()', () => {
  const spaces = '/my "a" \\b/hook.cjs';

  it.each([
    [withHook(undefined, '/a/hook.cjs'), '--require /a/hook.cjs'],
    [
      withHook('--trace-warnings', spaces),
      '--trace-warnings --require "/my \\"a\\" \\\\b/hook.cjs"',
    ],
    [withBunHook(undefined, '/a/hook.cjs'), '--preload=/a/hook.cjs'],
    [withBunHook('--smol', spaces), '--smol "--preload=/my \\"a\\" \\\\b/hook.cjs"'],
  ])('keep other options, and quote a path with spaces: %s', (options, expected) => {
    expect(options).toBe(expected);
  });
});

/** Nothing is abandoned. */
const never = new AbortController().signal;

/** Runs a program as `exec` does. */
function runProgram(program: readonly [string, ...string[]]): Promise<number> {
  return runCommand(program, process.env, never);
}

describe('exec ends', () => {
  it.each([
    ['the exit code of its command', 'process.exit(7)', 7],
    ['128 and the number of a signal', "process.kill(process.pid, 'SIGKILL')", 137],
  ])('with %s', async (_what, script, code) => {
    expect(await run(projectFolder(), execOf(await closedPort(), script)).exit).toBe(code);
  });

  it('with 127 if there is no such command, and says so', async () => {
    const port = String(await closedPort());
    const command = run(projectFolder(), ['exec', '--port', port, '--', 'no-such-command']);
    expect(await command.exit).toBe(127);
    expect(command.printed.stderr).toContain('The command "no-such-command" was not found.');
  });

  it.each([
    ['script', 126, 'script" cannot be started (EACCES).'],
    ['script/x', 126, 'script/x" cannot be started (ENOTDIR).'],
    ['bad-interpreter', 127, 'the program that its first line names.'],
  ])('for a path that cannot be started, %s, with %i and advice', async (file, code, advice) => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'script'), '');
    writeFileSync(join(folder, 'bad-interpreter'), '#!/no/such/program\n', { mode: 0o755 });
    const message = expect.stringContaining(advice);
    const failure = expect.objectContaining({ exitCode: code, message });
    await expect(runProgram([join(folder, file)])).rejects.toEqual(failure);
  });

  it('with advice for a command in quotes', async () => {
    await expect(runProgram(['node -p 1'])).rejects.toThrow(
      'Write it and its arguments without quotes: exec -- node -p 1.',
    );
  });
});

/** Runs a script of Node.js as `exec` does, and goes on without end once it is ready. */
async function started(
  script: string,
  { launcher = never, patience }: { launcher?: AbortSignal; patience?: Patience } = {},
): Promise<{ ended: Promise<number> }> {
  const file = join(projectFolder(), 'ready');
  const ready = `require('node:fs').writeFileSync(${JSON.stringify(file)}, 'ready')`;
  const whole = `${script}; setInterval(() => {}, 1000); ${ready}`;
  const ended = runCommand([process.execPath, '-e', whole], process.env, launcher, patience);
  await until(() => existsSync(file));
  return { ended };
}

describe('Signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s reaches the command, which decides when to end',
    async (signal) => {
      const { ended } = await started(`process.on('${signal}', () => process.exit(5))`);
      process.emit(signal);
      expect(await ended).toBe(5);
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
});

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
const COUNTING =
  "let count = 0; process.on('SIGTERM', () => (count += 1));" +
  "process.on('SIGINT', () => setTimeout(() => process.exit(count), 100))";

const SOON = { afterSignal: 1, afterCommand: 40 };

describe('A command whose launcher ends', () => {
  it.each([
    ['gets SIGTERM', [], 1],
    ['gets no second SIGTERM', ['SIGTERM'], 1],
  ] as const)('%s', async (_what, signals, expected) => {
    const launcher = new AbortController();
    const { ended } = await started(COUNTING, { launcher: launcher.signal });
    for (const signal of signals) process.emit(signal);
    launcher.abort();
    process.emit('SIGINT');
    expect(await ended).toBe(expected);
  });

  it('ends by SIGKILL if it ignores everything', async () => {
    const launcher = new AbortController();
    const script = "for (const each of ['SIGINT', 'SIGTERM']) process.on(each, () => {})";
    const { ended } = await started(script, { launcher: launcher.signal, patience: SOON });
    process.emit('SIGINT');
    launcher.abort();
    expect(await ended).toBe(137);
  });
});

describe('The processes that a command has started end', () => {
  it.each<[string, string, number, string, Patience?]>([
    ['when it ends', 'process.exit(3)', 3, '', undefined],
    ['when it is killed', "process.kill(process.pid, 'SIGKILL')", 137, '', undefined],
    [
      'by SIGKILL if nothing else ends them',
      'process.exit(0)',
      0,
      "process.on('SIGTERM', () => {})",
      { afterSignal: 60_000, afterCommand: 40 },
    ],
  ])('%s', async (_when, does, code, child, patience) => {
    const file = join(projectFolder(), 'pid');
    const tell = `require('node:fs').writeFileSync(${JSON.stringify(file)}, text);`;
    const program = [process.execPath, '-e', parentThat(tell + does, child)] as const;
    expect(await runCommand([...program], process.env, never, patience)).toBe(code);
    expect(isRunning(grandchildOf(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('with it, if it ignores SIGTERM', async () => {
    const { ended } = await started("process.on('SIGTERM', () => {})", { patience: SOON });
    process.emit('SIGTERM');
    expect(await ended).toBe(137);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });
});
