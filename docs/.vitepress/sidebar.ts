import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, ROOT } from './repository.js';

/** What VitePress calls `DefaultTheme.SidebarItem`. Tests read this file without VitePress. */
interface SidebarItem {
  text?: string;
  link?: string;
  items?: SidebarItem[];
  collapsed?: boolean;
}

/** A page of the sidebar, by its file in the repository: what the sidebar calls it. */
type Group = Readonly<Record<string, string>>;

/** The guides by task. A page that is missing here fails test/docs/site.spec.ts. */
const GUIDES: Readonly<Record<string, Group>> = {
  'Get started': {
    'README.md': 'Overview',
    'docs/nest-add.md': 'Set up with nest add',
    'docs/getting-started.md': 'Get started',
    'docs/options.md': 'Options',
    'docs/local-development.md': 'Develop without PropelAuth',
    'docs/emulator.md': 'The emulator',
    'docs/ai-assistants.md': 'AI assistants',
  },
  'Protect routes': {
    'docs/authorization.md': 'Users and defaults',
    'docs/organizations.md': 'Organizations, roles, permissions',
    'docs/api-keys.md': 'API keys',
    'docs/own-callers.md': 'Credentials of your own',
    'docs/step-up-and-impersonation.md': 'Step-up MFA, impersonation',
    'docs/cookies.md': 'Cookies',
  },
  'Read the caller': {
    'docs/cls.md': 'In services',
    'docs/outside-handlers.md': 'In guards, jobs and scripts',
    'docs/account.md': 'Your own accounts',
  },
  Transports: {
    'docs/graphql.md': 'GraphQL',
    'docs/websockets.md': 'WebSockets',
    'docs/microservices.md': 'Microservices',
  },
  Integrate: {
    'docs/backend-api.md': 'Backend API',
    'docs/webhooks.md': 'Webhooks',
    'docs/live-access.md': 'Access changes',
    'docs/live-access-instances.md': 'Access changes on several instances',
    'docs/live-access-delays.md': 'How fast access changes apply',
    'docs/swagger.md': 'Swagger UI',
  },
  'MCP servers': {
    'docs/mcp.md': 'Protect an MCP server',
    'docs/mcp-nest.md': '@rekog/mcp-nest',
    'docs/mcp-sdk.md': 'Official SDK',
    'docs/testing-mcp.md': 'Test an MCP server',
  },
  Test: {
    'docs/testing.md': 'Testing kit',
    'docs/access-matrix.md': 'Test access rules',
    'docs/testing-recipes.md': 'Testing recipes',
    'docs/testing-transports.md': 'Other transports',
  },
  'Review access rules': {
    'docs/startup-checks.md': 'Startup checks',
    'docs/list-access.md': 'List access rules',
    'docs/planted-faults.md': 'Planted faults',
  },
  'Run in production': {
    'docs/operations.md': 'Operations',
    'docs/telemetry.md': 'OpenTelemetry',
    'docs/performance.md': 'Performance',
  },
  'Fix errors': {
    'docs/troubleshooting.md': 'Rejected calls',
    'docs/troubleshooting-setup.md': 'Your set-up',
    'docs/errors.md': 'Errors that clients get',
    'docs/backend-api-errors.md': 'Errors of PropelAuthApi',
  },
  Migrate: {
    'docs/from-fastapi.md': 'From FastAPI',
    'docs/from-passport-jwt.md': 'From passport-jwt',
    'docs/from-propelauth-express.md': 'From @propelauth/express',
  },
  'Understand the package': {
    'docs/architecture.md': 'Architecture',
    'SECURITY.md': 'Security',
    'docs/threats.md': 'Threats and limits',
    'docs/compatibility.md': 'Compatibility',
    'docs/support-policy.md': 'Support policy',
    'CHANGELOG.md': 'Changelog',
    'CONTRIBUTING.md': 'Contributing',
  },
};

/** Folders with an index and a page for each thing, which the sidebar calls by their titles; and the group that they come after. */
const FOLDERS = [
  { text: 'Decorators', folder: 'docs/decorators', after: 'Protect routes' },
  { text: 'Recipes', folder: 'docs/recipes', after: 'Fix errors' },
];

const REFERENCE = join(ROOT, 'docs/api/typedoc-sidebar.json');

/** The sidebar of the guides. */
export function guideSidebar(): SidebarItem[] {
  return Object.entries(GUIDES).flatMap(([text, pages]) => [
    groupOf(text, pages),
    ...FOLDERS.filter(({ after }) => after === text).map((one) =>
      groupOf(one.text, pagesOf(one.folder), true),
    ),
  ]);
}

/** The sidebar of the reference, as `npm run docs:api` has written it. */
export function referenceSidebar(): SidebarItem[] {
  if (!existsSync(REFERENCE)) return [];
  const entries = JSON.parse(readFileSync(REFERENCE, 'utf8')) as SidebarItem[];
  return [{ text: 'Entry points', link: '/api/' }, ...entries];
}

function groupOf(text: string, pages: Group, collapsed = false): SidebarItem {
  const items = Object.entries(pages).map(([file, title]) => ({ text: title, link: linkOf(file) }));
  return { text, collapsed, items };
}

function linkOf(file: string): string {
  return `/${pageOf(file)}`.replace(/(?:index)?\.md$/, '');
}

/** The pages of a folder: its index first, then the others in the order in which the index links to them. */
function pagesOf(folder: string): Group {
  const text = readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
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
