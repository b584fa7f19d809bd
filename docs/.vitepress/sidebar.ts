import { existsSync, readFileSync } from 'node:fs';
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
    'docs/own-rules.md': 'Rules of your own',
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
    'docs/testing-recipes.md': 'More tests',
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
  Recipes: {
    'docs/recipes/audit-log.md': 'Audit log and logs',
    'docs/recipes/throttler.md': 'Rate limits per caller',
    'docs/recipes/row-level-security.md': 'Row-level security',
    'docs/recipes/policies.md': 'CASL, OpenFGA, AuthZEN',
    'docs/recipes/common-rules.md': 'Share links and other rules',
    'docs/recipes/cache-manager.md': 'Cached responses',
    'docs/recipes/event-source.md': 'EventSource and downloads',
    'docs/recipes/trpc.md': 'tRPC',
    'docs/recipes/libraries-that-call-handlers.md': 'Handlers that libraries call',
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

const REFERENCE = join(ROOT, 'docs/api/typedoc-sidebar.json');

/** The sidebar of the guides. */
export function guideSidebar(): SidebarItem[] {
  return Object.entries(GUIDES).map(([text, pages]) => ({
    text,
    collapsed: false,
    items: Object.entries(pages).map(([file, title]) => ({ text: title, link: linkOf(file) })),
  }));
}

/** The sidebar of the reference, as `npm run docs:api` has written it. */
export function referenceSidebar(): SidebarItem[] {
  if (!existsSync(REFERENCE)) return [];
  const entries = JSON.parse(readFileSync(REFERENCE, 'utf8')) as SidebarItem[];
  return [{ text: 'Entry points', link: '/api/' }, ...entries];
}

function linkOf(file: string): string {
  return `/${pageOf(file)}`.replace(/(?:index)?\.md$/, '');
}
