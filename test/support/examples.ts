import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeBlock } from './code-blocks.js';

/** What examples take for granted: values that an application has at hand. */
const PRELUDE = `
type IncomingMessage = import('node:http').IncomingMessage;
type ServerResponse = import('node:http').ServerResponse;
declare const app: INestApplication, context: ExecutionContext;
declare const authUrl: string, apiKey: string;
declare const config: Omit<OpenAPIObject, 'paths'>, document: OpenAPIObject;
declare const propelAuth: PropelAuthService, propelAuthApi: PropelAuthApi, health: PropelAuthHealthIndicator;
declare const user: User, org: OrgMemberInfo, orgId: string;
declare const accessToken: string, header: string, grant: string | undefined;
declare const caller: CallerContext, repository: { list(of: OrgScope): Promise<object[]> };
declare const error: unknown, name: string, email: string, password: string;
declare class AppModule {}
declare const issuer: TestIssuer, emulator: TestEmulator, alice: TestUser, url: string;
declare const request: typeof import('supertest');
declare class Reports {
  create(report: object): Promise<object>;
  delete(report: object): Promise<void>;
  list(of: User | OrgMemberInfo): object[];
  findByOrg(orgId: string): Promise<object[]>;
  findRead(orgId: string, options: { readBy: string }): Promise<object[]>;
  exportAll(orgId: string | undefined): Promise<object[]>;
}
declare class Metrics { count(reason: string | undefined): void }
declare const reports: Reports, metrics: Metrics, jobs: { retry(afterSeconds?: number): void };
declare class Accounts { delete(userId: string): Promise<void> }
declare class UserRows { upsert(row: { userId: string; email: string | undefined }): Promise<object> }
type Service = { readonly id: string };
declare class Services { findByTokenHash(hash: string): Promise<Service | undefined> }
declare const hash: typeof import('node:crypto').hash;
type Plan = 'free' | 'pro';
declare class Plans { of(orgId: string): Promise<Plan> }
declare class PlanRule { readonly name: 'plan'; readonly requires: readonly ['org']; authorize(call: AccessCall<'org'>, plan: Plan): boolean }
declare const RequirePlan: (plan: Plan) => AccessDecorator;
interface Doc { readonly id: string; readonly orgId: string }
declare class Docs { find(id: string): Promise<Doc | null> }
declare class DocumentLoader {
  readonly name: string;
  readonly id: ValueSource;
  load(call: ResourceCall, id: string): Promise<Doc | null>;
  orgId(document: Doc): string;
}
declare class ShareLinkGuard { canActivate(): boolean }
declare const RequireShareLink: () => AccessDecorator;
declare class Tenants { use(orgId: string | undefined): void }
/** The class around an example of methods. */
declare abstract class Example {
  protected readonly reports: Reports;
  protected readonly invoices: Reports;
  protected readonly metrics: Metrics;
  protected readonly accounts: Accounts;
  protected readonly webhooks: PropelAuthWebhooks;
}
`;

/** The examples in the comments of both packages. */
export function readExamples(): CodeBlock[] {
  return ['lib', 'emulator/src'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .flatMap((file) => examplesIn(join(folder, file))),
  );
}

function examplesIn(path: string): CodeBlock[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/@example\n *\* ```ts\n(.*?)\n *\* ```/gs)].map(
    ({ index, 1: comment = '' }) => ({
      name: `${path}:${text.slice(0, index).split('\n').length}`,
      language: 'ts',
      code: complete(comment.replaceAll(/^ *\* ?/gm, '')),
    }),
  );
}

/** An example as a module: methods get a class around them, statements a function, and all get what they take for granted. */
function complete(example: string): string {
  if (/^declare module /m.test(example)) return example;
  const text = example.replaceAll(/^export /gm, '');
  const isOfMethods = /^@\w+\(/.test(text) && !/^class /m.test(text);
  const code = isOfMethods ? `class Routes extends Example {\n${text}\n}` : text;
  return `${PRELUDE}\nexport async function example() {\n${code}\n}`;
}
