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
  Start: {
    'README.md': 'Overview',
    'docs/getting-started.md': 'Get started',
    'docs/b2b-application.md': 'A B2B application',
    'docs/options.md': 'Options',
    'docs/emulator.md': 'The emulator',
    'docs/ai-assistants.md': 'AI assistants',
    'docs/monorepos.md': 'Monorepos and Bun',
    'docs/migrate.md': 'Migrate',
  },
  'Protect routes': {
    'docs/decorators.md': 'Decorators',
    'docs/authorization.md': 'Users and defaults',
    'docs/organizations.md': 'Organizations, roles, permissions',
    'docs/api-keys.md': 'API keys',
    'docs/own-callers.md': 'Callers of your own',
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
    'docs/nextjs.md': 'Next.js',
    'docs/swagger.md': 'Swagger UI',
    'docs/backend-api.md': 'Backend API',
    'docs/webhooks.md': 'Webhooks',
    'docs/live-access.md': 'Live access',
    'docs/live-access-instances.md': 'Live access on several instances',
  },
  'MCP servers': {
    'docs/mcp.md': 'Protect an MCP server',
    'docs/mcp-nest.md': '@rekog/mcp-nest',
    'docs/mcp-sdk.md': 'Official SDK',
    'docs/testing-mcp.md': 'Test an MCP server',
  },
  'Test and review': {
    'docs/testing.md': 'Testing kit',
    'docs/access-matrix.md': 'Test access rules',
    'docs/list-access.md': 'List access rules',
    'docs/startup-checks.md': 'Startup checks',
  },
  Production: {
    'docs/deploy.md': 'Deploy',
    'docs/operations.md': 'Operate',
    'docs/telemetry.md': 'OpenTelemetry',
    'docs/performance.md': 'Performance',
  },
  'Fix errors': {
    'docs/troubleshooting.md': 'Rejected calls',
    'docs/troubleshooting-setup.md': 'Your setup',
    'docs/errors.md': 'Errors that clients get',
  },
  'About the package': {
    'docs/compatibility.md': 'Compatibility',
    'SECURITY.md': 'Security',
    'CHANGELOG.md': 'Changelog',
  },
  Contribute: {
    'CONTRIBUTING.md': 'Contributing',
    'docs/contributing/architecture.md': 'Architecture',
    'docs/contributing/threats.md': 'Threats and limits',
    'docs/contributing/planted-faults.md': 'Planted faults',
  },
};

/** The folder with an index and a page for each recipe, which the sidebar calls by their titles; and the group that it comes after. */
const RECIPES = { text: 'Recipes', folder: 'docs/recipes', after: 'Fix errors' };

const REFERENCE = join(ROOT, 'docs/api/typedoc-sidebar.json');

/** The sidebar of the guides. */
export function guideSidebar(): SidebarItem[] {
  return Object.entries(GUIDES).flatMap(([text, pages]) => [
    groupOf(text, pages),
    ...(text === RECIPES.after ? [groupOf(RECIPES.text, pagesOf(RECIPES.folder), true)] : []),
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
