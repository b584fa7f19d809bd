import { readCommandLine } from '../../../emulator/src/cli/command-line.js';
import { EmulatorError } from '../../../emulator/src/emulator.error.js';
import { projectFolder, run } from './run.js';

const MISTAKES: [string, string][] = [
  ['--prot 4001', '--prot is not an option. Known options are --help, --version, --port,'],
  ['--port', '--port has no value. Add one;'],
  ['--port --seed x', '--port has no value. Add one;'],
  ['exec --seed -- ls', '--seed has no value. Add one;'],
  ['--port abc', '--port is "abc", which is not a port. Set it to a number from 1 to 65535'],
  ['--port 65536', '--port is "65536", which is not a port.'],
  ['--port=-1', '--port is "-1", which is not a port.'],
  ['--webhooks /hooks', '--webhooks is "/hooks", which is not a URL. Set it to the webhook route'],
  ['--webhooks file:///etc', '--webhooks is "file:///etc", which is not a URL.'],
  ['--call /me', '--call is "/me", which is not a URL without a query. Set it to a route'],
  ['--call http://localhost/?a=b&c', '--call is "http://localhost/?a=b&c", which is not a URL'],
  ['--call http://localhost/$(ls)', '--call is "http://localhost/$(ls)", which is not a URL'],
  ['--call http://localhost:99999/', '--call is "http://localhost:99999/", which is not a URL'],
  ['--allow-origin https://a.b/c', '--allow-origin is "https://a.b/c", which is not an origin.'],
  ['--allow-origin *', '--allow-origin is "*", which is not an origin.'],
  ['--host 0.0.0.0', '--host needs --public-url. Add the origin at which other machines reach'],
  [
    '--host my.host --public-url http://my.host',
    '--host is "my.host", which is not an IP address.',
  ],
  ['--public-url http://a.b/c', '--public-url is "http://a.b/c", which is not an origin.'],
  ['--public-url ftp://a.b', '--public-url is "ftp://a.b", which is not an origin.'],
  ['--env authUrl', '--env is "authUrl", which is not NAME=VALUE. Set it to a variable and one of'],
  ['--env 1A=authUrl', '--env is "1A=authUrl", which is not NAME=VALUE.'],
  ['--env A=url', '--env A is "url", which is not a value of the emulator. Use one of authUrl,'],
  ['--help=yes', '--help takes no value. Remove "=yes".'],
  ['exce -- ls', '"exce" is not a command. Use exec -- COMMAND,'],
  ['exec', 'exec has no command. Add one after "--", for example'],
  ['exec --', 'exec has no command.'],
  [
    'exec nest start',
    'exec takes its command after "--". Use propelauth-emulator exec -- nest start.',
  ],
  [
    'exec nest start --watch',
    'exec takes its command after "--". Use propelauth-emulator exec -- nest start --watch.',
  ],
  [
    'exec --port 4001 nest start -- --env-file .env',
    'Use propelauth-emulator exec --port 4001 -- nest start -- --env-file .env.',
  ],
  ['-- ls', 'The command after "--" needs exec.'],
  ['--production', '--production is an option of exec only.'],
  ['exec --org Acme -- ls', '--org is an option of token only. Use propelauth-emulator token USER'],
  ['token', 'token takes one user. Use propelauth-emulator token USER --org ORGANIZATION.'],
  ['token alice bob', 'token takes one user.'],
  ['token alice --seed a.json', 'token has no option --seed, only --org and --port.'],
  ['token alice --port x', '--port is "x", which is not a port.'],
  ['token alice --org', '--org has no value.'],
];

describe('The command line', () => {
  it.each(MISTAKES)('rejects "%s", and names the option and the fix', (args, message) => {
    expect(failureOf(args.split(' '))).toContain(message);
  });

  it('reads the options of both commands', () => {
    const args =
      '--port 4001 --port=4002 --fresh --seed a.json --webhooks http://localhost:3000/hooks'
        .concat(' --allow-origin https://a.example --allow-origin https://b.example')
        .concat(' --call http://localhost:3000/me --env A=authUrl --env B=apiKey');
    const options = {
      port: 4002,
      isFresh: true,
      seed: 'a.json',
      webhooks: 'http://localhost:3000/hooks',
      call: 'http://localhost:3000/me',
      allowedOrigins: ['https://a.example', 'https://b.example'],
      variables: [
        { name: 'A', value: 'authUrl' },
        { name: 'B', value: 'apiKey' },
      ],
    };
    expect(readCommandLine(args.split(' '))).toEqual({ command: 'serve', options });
    expect(readCommandLine(['exec', ...args.split(' '), '--', 'ls'])).toMatchObject({ options });
  });

  it('reads the user, the organization and the port of token', () => {
    expect(readCommandLine(['token', 'alice'])).toEqual({ command: 'token', user: 'alice' });
    const args = ['token', '--org', 'Acme Inc', 'alice', '--port=4001'];
    const expected = { command: 'token', user: 'alice', org: 'Acme Inc', port: 4001 };
    expect(readCommandLine(args)).toEqual(expected);
  });

  it('leaves the options of a command to it', () => {
    const commandLine = readCommandLine(['exec', '--', 'ls', '--port', 'x', '--', '--help']);
    expect(commandLine).toMatchObject({
      program: ['ls', '--port', 'x', '--', '--help'],
      options: { port: 4000 },
    });
  });

  it.each(['--help', '-h'])('prints all options with %s', async (option) => {
    const help = run(projectFolder(), [option]);
    expect(await help.exit).toBe(0);
    const names = 'port seed webhooks call allow-origin host public-url env production org version';
    for (const name of names.split(' ')) expect(help.printed.stdout).toContain(`--${name}`);
  });

  it('prints its version', async () => {
    const version = run(projectFolder(), ['--version']);
    expect(await version.exit).toBe(0);
    expect(version.printed.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends with 2 for a mistake, and prints one line to standard error', async () => {
    const mistaken = run(projectFolder(), ['--port', 'abc']);
    expect(await mistaken.exit).toBe(2);
    expect(mistaken.printed.stdout).toBe('');
    expect(mistaken.printed.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('ends with 2 for a seed that is wrong, and names the place', async () => {
    const mistaken = run(projectFolder(), ['--seed', 'missing.json']);
    expect(await mistaken.exit).toBe(2);
    expect(mistaken.printed.stderr).toMatch(/^The seed missing\.json cannot be read from /);
  });

  it.each(['production', ' Production '])('does not run with NODE_ENV=%j', async (NODE_ENV) => {
    for (const args of [[], ['exec', '--production', '--', 'true']]) {
      const refused = run(projectFolder(), args, { NODE_ENV });
      expect(await refused.exit).toBe(2);
      expect(refused.printed.stderr).toMatch(
        /does not run with NODE_ENV=production.*exec --production/,
      );
    }
  });
});

function failureOf(args: readonly string[]): string {
  try {
    readCommandLine(args);
  } catch (error) {
    if (error instanceof EmulatorError) return error.message;
    throw error;
  }
  throw new Error('The arguments were accepted');
}
