/** The variable that require-hook.cjs reads. */
export const HOOK_VARIABLE = 'PROPELAUTH_EMULATOR_URL';

/** What the environment of a command is made of. */
export interface CommandEnvironment {
  readonly authUrl: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The path of require-hook.cjs. */
  readonly hook: string;
  readonly isProduction: boolean;
  /** The environment of this process. */
  readonly inherited: NodeJS.ProcessEnv;
}

/** The environment of a command that uses the emulator. */
export function commandEnvironment(content: CommandEnvironment): NodeJS.ProcessEnv {
  const { authUrl, variables, hook, isProduction, inherited } = content;
  // Without PROPELAUTH_API_URL, the calls go to the auth URL. In production, the application has to name it.
  const { PROPELAUTH_API_URL: _apiUrl, ...others } = inherited;
  return {
    ...others,
    NODE_ENV: inherited.NODE_ENV || 'development',
    ...variables,
    ...(isProduction ? { NODE_ENV: 'production', PROPELAUTH_API_URL: authUrl } : {}),
    [HOOK_VARIABLE]: authUrl,
    NODE_OPTIONS: withHook(inherited.NODE_OPTIONS, hook),
    BUN_OPTIONS: withBunHook(inherited['BUN_OPTIONS'], hook),
  };
}

/** Appends the hook to options of Node.js. */
export function withHook(options: string | undefined, hook: string): string {
  return [options, `--require ${quoted(hook)}`].filter(Boolean).join(' ');
}

/** The same for Bun. With a space after the option, Bun would take its own commands, such as `test`, for files. */
export function withBunHook(options: string | undefined, hook: string): string {
  return [options, quoted(`--preload=${hook}`)].filter(Boolean).join(' ');
}

/** Node.js and Bun split the variables at spaces outside of quotes, inside of which backslashes escape. */
function quoted(text: string): string {
  const portable = process.platform === 'win32' ? text.replaceAll('\\', '/') : text;
  return /^[\w./:@+=-]+$/.test(portable) ? portable : `"${portable.replace(/["\\]/g, '\\$&')}"`;
}
