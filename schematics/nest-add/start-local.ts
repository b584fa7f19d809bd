import { WEBHOOK_PATH } from './added-classes.js';
import type { Project } from './project.js';

/** How the Nest CLI's main.ts listens. */
const LISTEN = '.listen(process.env.PORT ?? 3000)';
const ORIGIN = 'http://localhost:3000';

/** Adds the script that starts the application with the emulator. Returns what the user does next. */
export function addStartLocal(project: Project, hasWebhooks: boolean): string[] {
  const { files, main, packageJson } = project;
  const addresses = [
    // The Nest CLI's own route is open, and shows nothing of a token.
    ['--call', `${ORIGIN}/me`],
    ...(hasWebhooks ? [['--webhooks', ORIGIN + WEBHOOK_PATH]] : []),
  ];
  const options = addresses.flat().join(' ');
  // Else the compiler clears the terminal, with what the emulator has printed.
  const start = `propelauth-emulator exec ${options} -- nest start --watch --preserveWatchOutput`;
  const { scripts = {} } = packageJson;
  const isFree = scripts['start:local'] === undefined;
  if (isFree) packageJson.scripts = { ...scripts, 'start:local': start };
  const command = isFree ? 'npm run start:local' : `npx ${start}`;
  const steps = [
    `Start the application without a PropelAuth account: ${command}`,
    'Get an access token of a user, in a second terminal: npx propelauth-emulator token alice',
  ];
  if (!files.read(main).includes(LISTEN)) {
    const names = addresses.map(([name]) => name).join(' and ');
    steps.push(
      `Set ${names} of that ${isFree ? 'script in package.json' : 'command'} to the address on which the application listens.`,
    );
  }
  return steps;
}
