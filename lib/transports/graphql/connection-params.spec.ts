import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Rejection } from '../../rejections/rejection.js';
import { tokenInConnectionParams } from './connection-params.js';
import { graphqlCallOf } from './graphql-call.js';

const LONGEST_TOKEN = 'a'.repeat(16_384);

/** Connection parameters, of which one is the token, and how often something of them is read. */
function countedParameters(count: number, authorization = 'Bearer token') {
  const counted = { names: 0, values: 0 };
  const others = Array.from({ length: count - 1 }, (_, index) => [`parameter-${index}`, 'value']);
  const all = { ...(Object.fromEntries(others) as Record<string, string>), authorization };
  const parameters = new Proxy(all, {
    ownKeys(target) {
      counted.names++;
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, name) {
      counted.values++;
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
  return { parameters, counted };
}

/** A field that is asked for over a connection with these parameters. */
function fieldOver(connectionParams: object): ExecutionContextHost {
  const info = { fieldNodes: [], path: {} };
  const context = new ExecutionContextHost([
    {},
    {},
    { req: { connectionParams, extra: {} } },
    info,
  ]);
  context.setType('graphql');
  return context;
}

describe('The connection parameters of graphql-ws', () => {
  it('are read once, however many fields need the token', () => {
    const { parameters, counted } = countedParameters(50);
    for (let field = 0; field < 400; field++) {
      expect(tokenInConnectionParams(parameters)).toBe('token');
    }
    expect(counted.names).toBe(1);
  });

  it('are rejected every time, but read once, if there are more than 50', () => {
    const { parameters, counted } = countedParameters(51);
    const read = () => tokenInConnectionParams(parameters);
    expect(read).toThrow('more than 50 connection parameters');
    const { values } = counted;
    expect(read).toThrow('more than 50 connection parameters');
    expect(counted.values).toBe(values);
  });

  it.each([1, 51, 100_000])(
    'are read once for 500 fields, even if they are rejected: %i',
    (count) => {
      const { parameters, counted } = countedParameters(count, 'Bearer');
      for (let field = 0; field < 500; field++) {
        const call = graphqlCallOf(fieldOver(parameters))!;
        expect(() => call.readToken()).toThrow(Rejection);
        expect(call.describeRejection('token_malformed')).toBeDefined();
      }
      expect(counted.names).toBe(1);
    },
  );

  it('accept the longest token, and none longer', () => {
    expect(tokenInConnectionParams({ Authorization: `Bearer ${LONGEST_TOKEN}` })).toBe(
      LONGEST_TOKEN,
    );
    expect(() => tokenInConnectionParams({ Authorization: `Bearer ${LONGEST_TOKEN}a` })).toThrow(
      'token_malformed',
    );
  });

  it.each([
    ['two of the same name', { Authorization: 'Bearer a', authorization: 'Bearer a' }],
    ['a number', { Authorization: 7 }],
    ['only Bearer', { Authorization: 'Bearer' }],
  ])('are rejected with %s', (_what, parameters) => {
    expect(() => tokenInConnectionParams(parameters)).toThrow('token_malformed');
  });

  it.each([[undefined], [null], ['Bearer token'], [{}], [{ Authorization: 'Basic a' }]])(
    'have no token if they are %j',
    (parameters) => {
      expect(tokenInConnectionParams(parameters)).toBeUndefined();
    },
  );
});
