import type { Project } from './project.js';

const PATH = '.env.example';
const VARIABLES = `# The Auth URL, from the page "Backend Integration" of your project at https://app.propelauth.com
PROPELAUTH_AUTH_URL=https://auth.example.com
# An API key of PropelAuth, from the same page
PROPELAUTH_API_KEY=
`;
const WEBHOOK_VARIABLE = `# The signing secret of your webhook endpoint (whsec_…), from the page "Webhooks"
PROPELAUTH_WEBHOOK_SECRET=
`;

/** Adds the variables to .env.example, unless it has some. Returns what the user does next. */
export function addVariables({ files, hasConfigModule }: Project, hasWebhooks: boolean): string {
  const before = files.read(PATH);
  const added = VARIABLES + (hasWebhooks ? WEBHOOK_VARIABLE : '');
  if (!files.exists(PATH)) files.create(PATH, added);
  else if (!before.includes('PROPELAUTH_')) {
    files.overwrite(PATH, `${before.trimEnd()}\n\n${added}`.trimStart());
  }
  const start = hasConfigModule ? 'npm start' : 'npm start -- --env-file .env';
  return `Copy .env.example to .env and fill it in, to start the application with your PropelAuth project: ${start}`;
}
