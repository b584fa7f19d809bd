import { readFileSync } from 'node:fs';
import type { PropelAuthModuleOptions } from 'nestjs-propelauth';
import { createEmulator } from 'propelauth-emulator';
import { portTaken as errorOfPort } from '../../emulator/src/cli/emulator-on-port.js';
import { startMessage } from '../../emulator/src/cli/start-message.js';
import type { IssuerSecrets } from '../../emulator/src/issuer/token-issuer.js';
import { DEFAULT_SEED } from '../../emulator/src/seed/default-seed.js';
import { PropelAuthConfigurationError } from '../../lib/options/configuration.error.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { closedPort } from '../support/closed-port.js';
import { readCodeBlocks } from '../support/code-blocks.js';

/** The emulator of `propelauth-emulator exec` without options. */
function startedByDefault() {
  return createEmulator({ authUrl: 'http://localhost:4000', seed: DEFAULT_SEED });
}

/** What a page shows as printed, block by block. */
function textsOf(page: string): string[] {
  return readCodeBlocks(page)
    .filter(({ language }) => language === 'text')
    .map(({ code }) => code.trimEnd());
}

async function rejectionOf(attempt: () => unknown): Promise<Error> {
  try {
    await attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was not rejected');
}

describe('Get started shows', () => {
  it('what an application without settings prints', async () => {
    const withoutSettings = {} as PropelAuthModuleOptions;
    const error = await rejectionOf(() => new ResolvedOptions(withoutSettings));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    expect(textsOf('docs/getting-started.md')).toEqual([`${error.name}: ${error.message}`]);
  });

  it('the command that the emulator prints to get a token', async () => {
    const printed = startMessage(await startedByDefault());
    const [command] = /TOKEN=\$\(.*\)$/m.exec(printed) ?? [];
    expect(readFileSync('docs/getting-started.md', 'utf8')).toContain(`\n${command}\n`);
  });
});

describe('The page about the emulator shows', () => {
  const [start, portTaken] = textsOf('docs/emulator.md');

  it('what it prints at its start', async () => {
    const emulator = await startedByDefault();
    expect(start).toBe(startMessage(emulator).trimEnd());
  });

  it('what it prints if its port is taken', async () => {
    const port = await closedPort();
    const secrets = { apiKey: 'emulator_key' } as IssuerSecrets;
    const options = { port, allowedOrigins: [], variables: [], isFresh: false };
    const { message } = await errorOfPort(options, secrets);
    const of4000 = message.replace(String(port + 1), '4001').replace(String(port), '4000');
    expect(portTaken).toBe(of4000);
  });
});
