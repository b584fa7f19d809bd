import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'propelauth-emulator';

/** The folder of the emulator in the cache folder of the operating system. */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), NAME, 'Cache');
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', NAME);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), NAME);
}
