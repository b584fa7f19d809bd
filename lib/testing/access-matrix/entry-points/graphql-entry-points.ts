import { unwrap, type GraphqlType } from '../../../transports/graphql/schema-types.js';
import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import { probeHeader, type AccessProbe } from '../access-probe.js';
import { isCallOf } from '../is-call-of.js';
import type { ProbeTarget } from '../probed-call.js';
import type { ApplicationServer, ServerResponse } from './application-server.js';
import { headersFor, valuesIn, type CallParts, type EntryPoint } from './entry-point.js';
import { GraphqlInputs } from './graphql-inputs.js';
import { graphqlEndpointsOf, kindOf, type GraphqlEndpoint } from './graphql-endpoints.js';
import { GraphqlWays, nameOf, type Step } from './graphql-ways.js';

/** An operation as a client sends it. */
interface Document {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Endpoint extends GraphqlEndpoint {
  readonly ways: GraphqlWays;
}

/** The queries and mutations of an application, called by requests to its GraphQL endpoints. */
export class GraphqlEntryPoints {
  readonly #endpoints: readonly Endpoint[];

  constructor(
    app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {
    this.#endpoints = graphqlEndpointsOf(app).map((endpoint) => ({
      ...endpoint,
      ways: new GraphqlWays(endpoint, app),
    }));
  }

  /** The ways to a handler; none for subscriptions and fields. */
  of(handler: DescribedHandler): EntryPoint[] {
    const { controller, kind } = handler.subject as ApplicationHandler;
    if (kind !== 'operation') return [];
    return this.#endpoints
      .filter(({ hasResolver }) => hasResolver(controller))
      .flatMap((endpoint) => {
        const step = endpoint.ways.stepTo(handler.description.name);
        if (step === undefined) return [];
        const nested = endpoint.ways.nestedWayTo(step);
        const others = nested === undefined ? [] : [this.entryPoint(handler, nested, endpoint)];
        return [{ ...this.entryPoint(handler, [step], endpoint), others }];
      });
  }

  private entryPoint(
    handler: DescribedHandler,
    way: readonly Step[],
    { path, ways }: Endpoint,
  ): EntryPoint {
    const [first] = way as [Step];
    const below = way.length > 1 ? ` below ${nameOf(first)}` : '';
    const at = this.#endpoints.length > 1 ? ` at ${path}` : '';
    return {
      handler,
      name: handler.description.name + below + at,
      others: [],
      call: async (parts) => {
        const { call, mark } = this.probe.begin(targetOf(handler, way));
        const query = new URLSearchParams(valuesIn('query', handler, parts)).toString();
        const response = await this.server.send({
          method: 'POST',
          path: query === '' ? path : `${path}?${query}`,
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            ...headersFor(handler, parts),
            ...probeHeader(mark),
          },
          body: JSON.stringify(documentFor(handler, way, parts, `${ways.typeOf(first)} ${mark}`)),
        });
        const sent = `${handler.description.name}${below} (POST ${path})`;
        return { call, sent, response: response && withErrorOf(response) };
      },
    };
  }
}

/** Another operation on the way returns an object with the fields of the way, instead of running. */
function targetOf(handler: DescribedHandler, way: readonly Step[]): ProbeTarget {
  const isTarget = isCallOf(handler);
  return {
    hasOwnGuard: handler.access.guardedBy !== undefined,
    ...(way.length > 1 && { isOnTheWay: (called) => !isTarget(called), answer: answerAlong(way) }),
  };
}

function answerAlong([step, ...others]: readonly Step[]): unknown {
  const [next] = others;
  if (step === undefined || next === undefined) return {};
  const object = { [next.field.name]: answerAlong(others) };
  return hasList(step.field.type) ? [object] : object;
}

function hasList(type: GraphqlType): boolean {
  return kindOf(type) === 'GraphQLList' || (type.ofType !== undefined && hasList(type.ofType));
}

/** The document that selects the fields of a way, with the arguments that they need. It begins with the type and the name of its operation. */
function documentFor(
  handler: DescribedHandler,
  way: readonly Step[],
  parts: CallParts,
  head: string,
): Document {
  const variables: Record<string, unknown> = {};
  const declarations: string[] = [];
  const last = way.at(-1) as Step;
  let selection = isComposite(last.field.type) ? ' { __typename }' : '';
  for (const [depth, step] of [...way.entries()].toReversed()) {
    const { field } = step;
    const args = step === last ? argumentsFor(step, handler, parts) : argumentsFor(step);
    const given = (field.args ?? []).filter(({ name }) => Object.hasOwn(args, name));
    for (const { name, type } of given) {
      declarations.push(`$v${depth}_${name}: ${type.toString()}`);
      variables[`v${depth}_${name}`] = args[name];
    }
    const list = given.map(({ name }) => `${name}: $v${depth}_${name}`);
    selection = ` { ${field.name}${inParentheses(list)}${selection} }`;
  }
  return { query: `${head}${inParentheses(declarations)}${selection}`, variables };
}

/** The required arguments; for the tested operation also the organization, and those that the application gives. */
function argumentsFor({ field }: Step, handler?: DescribedHandler, parts?: CallParts) {
  const given = parts?.given.args ?? {};
  const wishes = handler && parts ? valuesIn('argument', handler, parts) : {};
  const inputs = (field.args ?? []).filter(({ name }) => !Object.hasOwn(given, name));
  return { ...new GraphqlInputs(wishes).valuesFor(inputs), ...given };
}

function isComposite(type: GraphqlType): boolean {
  return ['GraphQLObjectType', 'GraphQLInterfaceType', 'GraphQLUnionType'].includes(
    kindOf(unwrap(type)),
  );
}

function inParentheses(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}

/** The used fields of an error in a response. */
interface ResponseError {
  readonly message?: string;
  readonly extensions?: { readonly originalError?: { readonly statusCode?: number } };
}

/** The response with the status and the message of its first error. Status 200 says nothing here. */
function withErrorOf(response: ServerResponse): ServerResponse {
  const error = firstErrorIn(response.body);
  if (error === undefined) return response;
  const { statusCode } = error.extensions?.originalError ?? {};
  const status = statusCode ?? (response.status < 300 ? 400 : response.status);
  return { ...response, status, statusText: error.message ?? '' };
}

function firstErrorIn(body: string): ResponseError | undefined {
  try {
    return (JSON.parse(body) as { errors?: ResponseError[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
