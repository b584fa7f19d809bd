import type { Lease } from './emulator-on-port.js';

/** The variable that require-hook.cjs reads. */
export const HOOK_VARIABLE = 'PROPELAUTH_EMULATOR_URL';

/**
 * The environment of a command that uses the emulator: that of this process, with what the lease says.
 *
 * @param hook the path of require-hook.cjs
 */
export function commandEnvironment(
  { authUrl, apiUrl, variables }: Pick<Lease, 'authUrl' | 'apiUrl' | 'variables'>,
  hook: string,
  isProduction: boolean,
): NodeJS.ProcessEnv {
  // Without PROPELAUTH_API_URL, the calls go to the auth URL. In production, and with --public-url, the application has to name it.
  const { PROPELAUTH_API_URL: _apiUrl, ...others } = process.env;
  return {
    ...others,
    NODE_ENV: others.NODE_ENV || 'development',
    ...variables,
    ...(isProduction ? { NODE_ENV: 'production' } : {}),
    ...(isProduction || apiUrl !== authUrl ? { PROPELAUTH_API_URL: apiUrl } : {}),
    [HOOK_VARIABLE]: apiUrl,
    NODE_OPTIONS: withHook(others.NODE_OPTIONS, hook),
    BUN_OPTIONS: withBunHook(others['BUN_OPTIONS'], hook),
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
