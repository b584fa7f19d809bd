import {
  Controller,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type Type,
} from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { orgFromArgs, orgFromMessage, Public } from 'nestjs-propelauth';
import type { RunningApplication } from '../support/application.js';
import { ACME_ID } from '../support/project.js';
import {
  CREDENTIALS_IN_GRAPHQL,
  CREDENTIALS_OF_ACCOUNTS,
  CREDENTIALS_OF_KINDS,
  FEW_CREDENTIALS,
  FEWER_CREDENTIALS,
} from './credentials.js';
import {
  INHERITED,
  RULES_OF_ACCOUNTS,
  RULES_OF_KINDS,
  RULES_OF_WRAPPERS,
  rulesOfHeirs,
} from './further-rules.js';
import { argumentOfOrg, argumentsOf, graphqlTransport } from './graphql-calls.js';
import { classesOf, heirsOf } from './handlers.js';
import { AskingFilter, httpTransport, SOURCES } from './http-calls.js';
import { rule, RULES, type Rule } from './rules.js';
import { PATIENT, socketIoTransport } from './socket-calls.js';
import type { Transport } from './transport.js';
import { AskingInterceptor, Onlooker } from './witness.js';

const KINDS_AND_ACCOUNTS = [...RULES_OF_KINDS, ...RULES_OF_ACCOUNTS];
const HEIRS = rulesOfHeirs(SOURCES.header);

/** The rules that only tables of these calls have. */
export const FURTHER_RULES: readonly Rule[] = [
  ...KINDS_AND_ACCOUNTS,
  ...RULES_OF_WRAPPERS,
  INHERITED,
  ...HEIRS,
];

const ofController = (path = '') => [
  Controller(path),
  UseGuards(Onlooker),
  UseInterceptors(AskingInterceptor, Onlooker),
  UseFilters(AskingFilter),
];
const routes = {
  rules: [...KINDS_AND_ACCOUNTS, ...RULES_OF_WRAPPERS],
  decorate: (one: Rule) => [Post(one.name), ...one.decorate(SOURCES.header)],
  ofClass: ofController(),
  result: () => ({}),
};

export const FURTHER_CONTROLLERS: readonly Type[] = [
  ...classesOf({ ...routes, name: 'FurtherRoutes' }),
  ...heirsOf(
    { ...routes, name: 'Routes', decorate: () => [Post()], ofClass: [] },
    INHERITED,
    HEIRS,
    ({ name }) => ofController(name),
  ),
];

const OPERATIONS = RULES_OF_KINDS.filter(({ name }) => name === 'all').concat(RULES_OF_WRAPPERS);

const operations = {
  rules: OPERATIONS,
  decorate: (one: Rule) => [
    Query(() => String, { name: one.name, nullable: true }),
    ...one.decorate(orgFromArgs('orgId')),
  ],
  ofClass: [Resolver(), UseGuards(Onlooker), UseInterceptors(AskingInterceptor, Onlooker)],
  result: () => 'let in',
  parameter: argumentOfOrg,
};

/** A type for each subclass, all with the same field. */
const FAMILY = rulesOfHeirs(() => ({ orgId: ACME_ID })).map((heir) => {
  const { [heir.name]: type } = { [heir.name]: class {} };
  ObjectType()(type!);
  Field(() => String, { nullable: true })(type!.prototype, INHERITED.name);
  return { heir, type: type as Type };
});

export const FURTHER_RESOLVERS: readonly Type[] = [
  ...classesOf({ ...operations, name: 'FurtherQueries' }),
  ...heirsOf(
    {
      ...operations,
      name: 'FieldsOfFamily',
      decorate: () => [ResolveField(INHERITED.name)],
      ofClass: [Resolver(() => FAMILY[0]!.type, { isAbstract: true })],
    },
    INHERITED,
    FAMILY.map(({ heir }) => heir),
    ({ name }) => [
      Resolver(() => FAMILY.find(({ heir }) => heir.name === name)!.type),
      UseGuards(Onlooker),
    ],
  ),
  ...FAMILY.flatMap(({ heir: { name }, type }) =>
    classesOf({
      ...operations,
      name: `QueryOf${name}`,
      rules: [rule('', name, [], () => [])],
      decorate: () => [Query(() => type, { name }), Public()],
      result: () => ({}),
    }),
  ),
];

/** The rules of two gateways about the same message. */
const PAIRS = ['user+admin', 'public+admin', 'plain+key'].map((name) => {
  const [one, other] = name.split('+').map((part) => RULES.find((known) => known.name === part)!);
  return { one: { ...one!, name }, other: { ...other!, name }, name };
});

const ofGateway = [WebSocketGateway(PATIENT), UseGuards(Onlooker), UseInterceptors(Onlooker)];
const messages = {
  decorate: (one: Rule) => [SubscribeMessage(one.name), ...one.decorate(orgFromMessage('orgId'))],
  ofClass: ofGateway,
  result: () => ({ event: 'answer', data: 'let in' }),
};

/** Socket.io hands one object to all gateways that listen for a message. */
export const SHARING_GATEWAYS: readonly Type[] = [
  ...classesOf({ ...messages, name: 'One', rules: PAIRS.map(({ one }) => one) }),
  ...classesOf({ ...messages, name: 'Other', rules: PAIRS.map(({ other }) => other) }),
  ...heirsOf(
    { ...messages, name: 'Gateways', rules: [], ofClass: [] },
    INHERITED,
    rulesOfHeirs(orgFromMessage('orgId')),
    () => ofGateway,
  ),
];

/** Messages that several gateways get. */
export const SHARED_MESSAGES: readonly Rule[] = [
  ...PAIRS.map(({ one, other, name }) =>
    rule(`\`${one.words}\` in one gateway, \`${other.words}\` in another`, name, [], () => [], {
      answers: 2,
    }),
  ),
  rule('in the four subclasses above', INHERITED.name, [], () => [], { answers: 4 }),
];

const operation = (one: Rule, orgId: string | null) => `{ ${one.name}${argumentsOf(one, orgId)} }`;
const field = ({ name }: Rule) => `{ ${name} { ${INHERITED.name} } }`;

export function furtherTransports(running: RunningApplication): Transport[] {
  const { url } = running;
  return [
    httpTransport(url, 'HTTP, several kinds', RULES_OF_KINDS, CREDENTIALS_OF_KINDS),
    httpTransport(url, 'HTTP, accounts and grants', RULES_OF_ACCOUNTS, CREDENTIALS_OF_ACCOUNTS),
    httpTransport(
      url,
      'HTTP, wrapped and inherited',
      [...RULES_OF_WRAPPERS, ...HEIRS],
      FEW_CREDENTIALS,
    ),
    graphqlTransport(
      url,
      'GraphQL queries, all rules and wrapped',
      OPERATIONS,
      operation,
      CREDENTIALS_IN_GRAPHQL,
    ),
    graphqlTransport(url, 'GraphQL fields, inherited', HEIRS, field, FEW_CREDENTIALS),
  ];
}

export function sharedMessageTransport(running: RunningApplication): Transport {
  return {
    ...socketIoTransport(running, 'socket.io, one message to several gateways', SHARED_MESSAGES),
    credentials: FEWER_CREDENTIALS,
    hasSeveralHandlers: true,
  };
}
