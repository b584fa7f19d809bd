import { parseArgs } from 'node:util';
import { CommandLineError } from './command-line.error.js';
import type { NamedVariable } from './environment.js';
import {
  readCall,
  readHost,
  readOrigin,
  readPort,
  readVariable,
  readWebhooks,
} from './option-values.js';

/** The options of the commands that run an emulator. */
export interface CommandLineOptions {
  readonly port: number;
  /** The path as it was given. */
  readonly seed?: string;
  readonly webhooks?: string;
  readonly call?: string;
  readonly allowedOrigins: readonly string[];
  /** An address of this machine. */
  readonly host?: string;
  readonly publicUrl?: string;
  readonly variables: readonly NamedVariable[];
  /** Whether to forget the changes since the seed. */
  readonly isFresh: boolean;
}

/** `propelauth-emulator exec`. */
export interface ExecCommand {
  readonly command: 'exec';
  readonly options: CommandLineOptions;
  readonly isProduction: boolean;
  /** The program and its arguments. */
  readonly program: readonly [string, ...string[]];
}

/** `propelauth-emulator token`. */
export interface TokenCommand {
  readonly command: 'token';
  readonly user: string;
  readonly org?: string;
  readonly port?: number;
}

export type CommandLine =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | { readonly command: 'serve'; readonly options: CommandLineOptions }
  | { readonly command: 'emulator process' }
  | TokenCommand
  | ExecCommand;

/** The only argument of the process that exec starts. */
export const EMULATOR_PROCESS = 'emulator-of-exec';

export const DEFAULT_PORT = 4000;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  port: { type: 'string' },
  org: { type: 'string' },
  seed: { type: 'string' },
  webhooks: { type: 'string' },
  call: { type: 'string' },
  'allow-origin': { type: 'string' },
  host: { type: 'string' },
  'public-url': { type: 'string' },
  env: { type: 'string' },
  fresh: { type: 'boolean' },
  production: { type: 'boolean' },
} as const;

type Name = keyof typeof OPTIONS;

const USAGE = {
  exec: 'exec --production -- COMMAND',
  token: 'token USER --org ORGANIZATION',
};

/** Reads the arguments of the process. @throws {CommandLineError} for one that is wrong */
export function readCommandLine(args: readonly string[]): CommandLine {
  if (args[0] === EMULATOR_PROCESS && process.connected) return { command: 'emulator process' };
  const { values, words, program } = parse(args);
  if (values.has('help')) return { command: 'help' };
  if (values.has('version')) return { command: 'version' };
  const command = commandOf(words);
  if (command === 'token') return readToken(words, values);
  assertOptionOf('token', 'org', values);
  const options = readOptions(values);
  const isProduction = values.has('production');
  if (command === 'exec') {
    return { command, options, isProduction, program: assertProgram(program) };
  }
  assertOptionOf('exec', 'production', values);
  if (program === undefined) return { command, options };
  throw new CommandLineError(
    'The command after "--" needs exec. Use propelauth-emulator exec -- COMMAND.',
  );
}

function assertOptionOf(command: keyof typeof USAGE, option: Name, values: Parsed['values']): void {
  if (!values.has(option)) return;
  throw new CommandLineError(
    `--${option} is an option of ${command} only. Use propelauth-emulator ${USAGE[command]}.`,
  );
}

function readToken([, user, other]: readonly string[], values: Parsed['values']): TokenCommand {
  const foreign = [...values.keys()].find((name) => name !== 'port' && name !== 'org');
  if (user === undefined || other !== undefined || foreign !== undefined) {
    const mistake =
      foreign === undefined
        ? 'takes one user'
        : `has no option --${foreign}, only --org and --port`;
    throw new CommandLineError(`token ${mistake}. Use propelauth-emulator ${USAGE.token}.`);
  }
  const port = values.get('port')?.at(-1);
  return {
    command: 'token',
    user,
    org: values.get('org')?.at(-1),
    port: port === undefined ? undefined : readPort(port),
  };
}

interface Parsed {
  readonly values: ReadonlyMap<Name, readonly string[]>;
  /** What is no option, before "--". */
  readonly words: readonly string[];
  /** What is after "--"; `undefined` without one. */
  readonly program: readonly string[] | undefined;
}

/** Not with `strict`: its messages name neither the known options nor the fix. */
function parse(args: readonly string[]): Parsed {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<Name, string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      return { values, words, program: args.slice(token.index + 1) };
    }
    if (token.kind === 'positional') {
      // Whatever follows is the command's: its options are not those of exec.
      if (words[0] === 'exec') throw terminatorMissing(args, token.index);
      words.push(token.value);
    } else {
      const name = assertKnown(token.name, token.rawName);
      values.set(name, [...(values.get(name) ?? []), valueOf(name, token)]);
    }
  }
  return { values, words, program: undefined };
}

/** @param index where the command starts */
function terminatorMissing(args: readonly string[], index: number): CommandLineError {
  const corrected = [...args.slice(0, index), '--', ...args.slice(index)];
  return new CommandLineError(
    `exec takes its command after "--". Use propelauth-emulator ${corrected.join(' ')}.`,
  );
}

function assertKnown(name: string, rawName: string): Name {
  if (Object.hasOwn(OPTIONS, name)) return name as Name;
  const known = Object.keys(OPTIONS).map((each) => `--${each}`);
  throw new CommandLineError(`${rawName} is not an option. Known options are ${known.join(', ')}.`);
}

function valueOf(name: Name, token: { value?: string; inlineValue?: boolean }): string {
  const { value, inlineValue } = token;
  if (OPTIONS[name].type === 'boolean') {
    if (value === undefined) return '';
    throw new CommandLineError(`--${name} takes no value. Remove "=${value}".`);
  }
  // The next option, or "--".
  const isMissing = !value || (value.startsWith('-') && inlineValue !== true);
  if (!isMissing) return value;
  throw new CommandLineError(
    `--${name} has no value. Add one; propelauth-emulator --help lists them.`,
  );
}

function commandOf([command]: readonly string[]): 'serve' | 'exec' | 'token' {
  if (command === undefined) return 'serve';
  if (command === 'exec' || command === 'token') return command;
  throw new CommandLineError(
    `${JSON.stringify(command)} is not a command. Use exec -- COMMAND, token USER, or no command to serve until Ctrl-C.`,
  );
}

function assertProgram(program: readonly string[] = []): readonly [string, ...string[]] {
  const [file, ...args] = program;
  if (file !== undefined && file !== '') return [file, ...args];
  throw new CommandLineError(
    'exec has no command. Add one after "--", for example propelauth-emulator exec -- nest start --watch.',
  );
}

function readOptions(values: Parsed['values']): CommandLineOptions {
  const last = (name: Name) => values.get(name)?.at(-1);
  const port = last('port');
  const webhooks = last('webhooks');
  const call = last('call');
  const host = last('host');
  const publicUrl = last('public-url');
  return {
    port: port === undefined ? DEFAULT_PORT : readPort(port),
    seed: last('seed'),
    webhooks: webhooks === undefined ? undefined : readWebhooks(webhooks),
    call: call === undefined ? undefined : readCall(call),
    host: host === undefined ? undefined : readHost(host, publicUrl),
    publicUrl: publicUrl === undefined ? undefined : readOrigin(publicUrl, 'public-url'),
    allowedOrigins: (values.get('allow-origin') ?? []).map((origin) =>
      readOrigin(origin, 'allow-origin'),
    ),
    variables: (values.get('env') ?? []).map(readVariable),
    isFresh: values.has('fresh'),
  };
}
