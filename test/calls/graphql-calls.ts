import { UseInterceptors, type Type } from '@nestjs/common';
import {
  Args,
  Field,
  ID,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { orgFromArgs, Public, RequireUser } from 'nestjs-propelauth';
import type { RunningApplication } from '../support/application.js';
import { connect, nextOf, type GraphqlAnswer, type GraphqlError } from '../support/graphql.js';
import type { Credential, Sent } from './credentials.js';
import { classesOf } from './handlers.js';
import { headersOf, post } from './http-client.js';
import type { Answer } from './outcome.js';
import { RULES_OF_MESSAGES, type Rule } from './rules.js';
import type { Session, Transport } from './transport.js';
import { AskingInterceptor } from './witness.js';

/** The same rules where they differ on a field or a subscription: of its own, of the operation, and of an argument. */
const some = (...names: string[]) => RULES_OF_MESSAGES.filter(({ name }) => names.includes(name));
const FIELDS = some(
  'public',
  'plain',
  'optional',
  'user',
  'admin',
  'key',
  'userOrKey',
  'mcpToken',
  'account',
);
const SUBSCRIPTIONS = some(
  'public',
  'plain',
  'optional',
  'user',
  'inPerson',
  'member',
  'key',
  'userOrKey',
  'mcpToken',
  'contradictory',
);

@ObjectType()
class Report {
  @Field(() => ID)
  id!: string;
}

/** Reports, whose fields have rules of their own. */
@Resolver(() => Report)
class ReportResolver {
  @Query(() => Report)
  @Public()
  publicReport() {
    return { id: 'r1' };
  }

  @Query(() => Report)
  @RequireUser()
  userReport() {
    return { id: 'r1' };
  }
}

export const argumentOfOrg = Args('orgId', { type: () => String, nullable: true });
const source = orgFromArgs('orgId');

export const RESOLVERS: Type[] = [
  ReportResolver,
  ...classesOf({
    name: 'Queries',
    rules: RULES_OF_MESSAGES,
    decorate: (rule) => [
      Query(() => String, { name: `query_${rule.name}`, nullable: true }),
      ...rule.decorate(source),
    ],
    ofClass: [Resolver(), UseInterceptors(AskingInterceptor)],
    result: () => 'let in',
    parameter: argumentOfOrg,
  }),
  ...classesOf({
    name: 'Fields',
    rules: FIELDS,
    decorate: (rule) => [
      ResolveField(() => String, { name: `field_${rule.name}`, nullable: true }),
      ...rule.decorate(source),
    ],
    ofClass: [Resolver(() => Report)],
    result: () => 'let in',
    parameter: argumentOfOrg,
  }),
  ...classesOf({
    name: 'Subscriptions',
    rules: SUBSCRIPTIONS,
    decorate: (rule) => [
      Subscription(() => String, { name: `subscription_${rule.name}`, nullable: true }),
      ...rule.decorate(source),
    ],
    ofClass: [Resolver(), UseInterceptors(AskingInterceptor)],
    result: (rule) => once({ [`subscription_${rule.name}`]: 'let in' }),
    parameter: argumentOfOrg,
  }),
];

async function* once<Value>(value: Value) {
  yield value;
}

export const argumentsOf = ({ org }: Rule, orgId: string | null) =>
  org === undefined || orgId === null ? '' : `(orgId: "${orgId}")`;

type DocumentOf = (rule: Rule, orgId: string | null) => string;

export function graphqlTransport(
  url: string,
  name: string,
  rules: readonly Rule[],
  document: DocumentOf,
  credentials?: readonly Credential[],
): Transport {
  return {
    name,
    rules,
    credentials,
    open: (sent) => overHttp(url, sent, document),
  };
}

/** Queries, and fields under two operations, over HTTP. */
export function graphqlTransports(running: RunningApplication): Transport[] {
  const transport = (name: string, rules: readonly Rule[], document: DocumentOf) =>
    graphqlTransport(running.url, name, rules, document);
  return [
    transport(
      'GraphQL queries',
      RULES_OF_MESSAGES,
      (rule, orgId) => `{ query_${rule.name}${argumentsOf(rule, orgId)} }`,
    ),
    transport(
      'GraphQL fields below @Public()',
      FIELDS,
      (rule, orgId) => `{ publicReport { field_${rule.name}${argumentsOf(rule, orgId)} } }`,
    ),
    transport(
      'GraphQL fields below @RequireUser()',
      some('public', 'plain', 'optional', 'admin'),
      (rule, orgId) => `{ userReport { field_${rule.name}${argumentsOf(rule, orgId)} } }`,
    ),
    {
      name: 'GraphQL subscriptions',
      rules: SUBSCRIPTIONS,
      staysConnected: true,
      open: (sent) => overWebSocket(running, sent),
    },
  ];
}

function overHttp(url: string, sent: Sent, document: DocumentOf): Session {
  return {
    async call(rule, orgId) {
      const { status, ...answer } = await sendDocument(url, sent, document(rule, orgId));
      return answerOf(`${status}`, answer);
    },
  };
}

/** Sends a document, as someone with these credentials. */
export async function sendDocument(
  url: string,
  sent: Sent,
  query: string,
  variables: object = {},
): Promise<GraphqlAnswer & { status: number }> {
  const content = JSON.stringify({ query, variables });
  const { status, body } = await post(`${url}/graphql`, headersOf(sent), content);
  return { status, ...(JSON.parse(body) as GraphqlAnswer) };
}

/** The first token is a connection parameter, the second one a header of the request that opens the connection. */
function overWebSocket(running: RunningApplication, sent: Sent): Session {
  const [token, second] = sent.tokens ?? [];
  const { Authorization: _first, 'content-type': _type, ...headers } = headersOf(sent);
  const client = connect(
    running,
    token === undefined ? {} : { Authorization: sent.isWithoutScheme ? token : `Bearer ${token}` },
    {
      ...(headers as Record<string, string>),
      ...(second !== undefined && { Authorization: `Bearer ${second}` }),
    },
  );
  return {
    async call(rule, orgId) {
      const document = `subscription { subscription_${rule.name}${argumentsOf(rule, orgId)} }`;
      return answerOf('', await nextOf(client, document));
    },
    close: () => client.dispose(),
  };
}

function answerOf(prefix: string, { errors }: GraphqlAnswer): Answer {
  const [error] = errors ?? [];
  if (error === undefined) return { result: [prefix, 'data'].filter(Boolean).join(' ') };
  const { code, reason } = codesOf(error);
  const result = [prefix, code, reason].filter(Boolean).join(' ');
  return { result, message: error.message };
}

function codesOf({ extensions }: GraphqlError) {
  return extensions ?? {};
}
