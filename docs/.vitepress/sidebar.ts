import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { pageOf, ROOT } from './repository.js';

/** A page of the sidebar, by its file in the repository: what the sidebar calls it. */
type Group = Readonly<Record<string, string>>;

/** The guides by task. A page that is missing here fails test/docs/site.spec.ts. */
const GUIDES: Readonly<Record<string, Group>> = {
  'Get started': {
    'README.md': 'Overview',
    'docs/getting-started.md': 'Get started',
    'docs/options.md': 'Options',
    'docs/local-development.md': 'Develop without an account',
    'docs/ai-assistants.md': 'AI assistants',
  },
  'Protect routes': {
    'docs/authorization.md': 'Users and defaults',
    'docs/organizations.md': 'Organizations, roles, permissions',
    'docs/api-keys.md': 'API keys',
    'docs/step-up-and-impersonation.md': 'Step-up MFA, impersonation',
    'docs/outside-handlers.md': 'Guards, jobs and scripts',
    'docs/cls.md': 'The caller in services',
    'docs/startup-checks.md': 'Startup checks',
    'docs/list-access.md': 'List who may call what',
  },
  Transports: {
    'docs/graphql.md': 'GraphQL',
    'docs/websockets.md': 'WebSockets',
    'docs/microservices.md': 'Microservices',
  },
  PropelAuth: {
    'docs/backend-api.md': 'Backend API',
    'docs/webhooks.md': 'Webhooks',
    'docs/live-access.md': 'Live access',
    'docs/swagger.md': 'Swagger UI',
  },
  'MCP servers': {
    'docs/mcp.md': 'Protect an MCP server',
    'docs/mcp-nest.md': '@rekog/mcp-nest',
    'docs/mcp-sdk.md': 'The official SDK',
    'docs/local-mcp.md': 'Without an account',
    'docs/testing-mcp.md': 'Test an MCP server',
  },
  Testing: {
    'docs/testing.md': 'Test your routes',
    'docs/access-matrix.md': 'Test who gets in',
    'docs/testing-recipes.md': 'Testing recipes',
    'docs/testing-transports.md': 'Other transports',
  },
  Production: {
    'docs/operations.md': 'Operations',
    'docs/telemetry.md': 'OpenTelemetry',
    'docs/performance.md': 'Performance',
    'docs/errors.md': 'Errors',
    'docs/troubleshooting.md': 'Troubleshooting',
  },
  Migrate: {
    'docs/from-fastapi.md': 'From FastAPI',
    'docs/from-passport-jwt.md': 'From passport-jwt',
    'docs/from-propelauth-express.md': 'From @propelauth/express',
  },
  Background: {
    'docs/compatibility.md': 'Compatibility',
    'docs/architecture.md': 'Architecture',
    'docs/planted-faults.md': 'Planted faults',
    'SECURITY.md': 'Security',
    'CHANGELOG.md': 'Changelog',
    'CONTRIBUTING.md': 'Contributing',
  },
};

/** Folders with an index and a page for each thing, which the sidebar calls by their titles. */
const FOLDERS = { Decorators: 'docs/decorators', Recipes: 'docs/recipes' };

const REFERENCE = join(ROOT, 'docs/api/typedoc-sidebar.json');

/** The sidebar of the guides. */
export function guideSidebar(): DefaultTheme.SidebarItem[] {
  const groups = Object.entries(GUIDES).map(([text, pages]) => groupOf(text, pages));
  const folders = Object.entries(FOLDERS).map(([text, folder]) =>
    groupOf(text, pagesOf(folder), true),
  );
  const places = { 'Protect routes': folders[0], Production: folders[1] };
  return groups.flatMap((group) => {
    const folder = places[group.text as keyof typeof places];
    return folder?.items?.length ? [group, folder] : [group];
  });
}

/** The sidebar of the reference, as `npm run docs:api` has written it. */
export function referenceSidebar(): DefaultTheme.SidebarItem[] {
  if (!existsSync(REFERENCE)) return [];
  const entries = JSON.parse(readFileSync(REFERENCE, 'utf8')) as DefaultTheme.SidebarItem[];
  return [{ text: 'Entry points', link: '/api/' }, ...entries];
}

function groupOf(text: string, pages: Group, collapsed = false): DefaultTheme.SidebarItem {
  const items = Object.entries(pages).map(([file, title]) => ({ text: title, link: linkOf(file) }));
  return { text, collapsed, items };
}

function linkOf(file: string): string {
  return `/${pageOf(file)}`.replace(/(?:index)?\.md$/, '');
}

/** The pages of a folder: its index first, then the others in the order in which the index links to them. */
function pagesOf(folder: string): Group {
  const index = join(ROOT, folder, 'README.md');
  if (!existsSync(index)) return {};
  const text = readFileSync(index, 'utf8');
  const placeOf = (file: string) => text.indexOf(`](${file}`);
  const files = readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .toSorted((one, other) => placeOf(one) - placeOf(other));
  const titled = files.map((file) => [`${folder}/${file}`, titleOf(join(ROOT, folder, file))]);
  return { [`${folder}/README.md`]: 'Overview', ...Object.fromEntries(titled) };
}

function titleOf(path: string): string {
  const [, title = ''] = /^# (.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  return title.replaceAll('`', '');
}
