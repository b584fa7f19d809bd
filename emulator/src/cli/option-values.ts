import { isIP } from 'node:net';
import { CommandLineError } from './command-line.error.js';
import { VALUE_NAMES, type NamedVariable } from './environment.js';

export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new CommandLineError(
    `--port is ${JSON.stringify(text)}, which is not a port. Set it to a number from 1 to 65535, for example --port 4001, or to 0 for a free one.`,
  );
}

export function readWebhooks(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CommandLineError(
    `--webhooks is ${JSON.stringify(text)}, which is not a URL. Set it to the webhook route of your application, for example ` +
      '--webhooks http://localhost:3000/webhooks/propelauth.',
  );
}

/** Without a query: a shell would expand it. */
export function readCall(text: string): string {
  if (/^https?:\/\/[\w./:%~-]+$/.test(text) && URL.canParse(text)) return text;
  throw new CommandLineError(
    `--call is ${JSON.stringify(text)}, which is not a URL without a query. Set it to a route that needs an access token, for example ` +
      '--call http://localhost:3000/me.',
  );
}

export function readOrigin(text: string, option: 'allow-origin' | 'public-url'): string {
  if (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text) return text;
  throw new CommandLineError(
    `--${option} is ${JSON.stringify(text)}, which is not an origin. Set it to a scheme and a host without a path, for example ` +
      `--${option} https://app.example.com.`,
  );
}

export function readHost(text: string, publicUrl: string | undefined): string {
  if (isIP(text) === 0) {
    throw new CommandLineError(
      `--host is ${JSON.stringify(text)}, which is not an IP address. Set it to one of this machine, for example --host 0.0.0.0.`,
    );
  }
  if (publicUrl !== undefined) return text;
  throw new CommandLineError(
    '--host needs --public-url. Add the origin at which other machines reach the emulator, for example --public-url http://192.168.1.2:4000.',
  );
}

export function readVariable(text: string): NamedVariable {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(text) ?? [];
  if (name === undefined) {
    throw new CommandLineError(
      `--env is ${JSON.stringify(text)}, which is not NAME=VALUE. Set it to a variable and one of ${VALUE_NAMES.join(', ')}, for ` +
        'example --env VITE_AUTH_URL=authUrl.',
    );
  }
  const known = VALUE_NAMES.find((each) => each === value);
  if (known !== undefined) return { name, value: known };
  throw new CommandLineError(
    `--env ${name} is ${JSON.stringify(value)}, which is not a value of the emulator. Use one of ${VALUE_NAMES.join(', ')}.`,
  );
}
