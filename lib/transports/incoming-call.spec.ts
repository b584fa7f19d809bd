import { inspect } from 'node:util';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fake } from '../../test/support/fake.js';
import {
  fromCookie,
  fromHeader,
  fromInput,
  fromParam,
  fromParent,
  fromQuery,
  type ValueSource,
} from '../options/value-source.js';
import type { Call, CallPart } from './call.js';
import { incomingCallOf } from './incoming-call.js';

class Reports {}

const context = new ExecutionContextHost([], Reports);

function callWith(
  parts: Partial<Record<CallPart, unknown>>,
  headers?: Record<string, string>,
): Call {
  const call = {
    transport: 'http',
    address: '192.0.2.1',
    context,
    request: headers && { headers },
    part: (name: CallPart) => parts[name],
  };
  return fake<Call>(call);
}

const read = (source: ValueSource, ...call: Parameters<typeof callWith>) =>
  incomingCallOf(callWith(...call)).read(source);

describe('A source of a text', () => {
  it.each<[string, ValueSource, Parameters<typeof callWith>]>([
    ['input, a path parameter', fromInput('id'), [{ path: { id: '7' }, query: { id: 'no' } }]],
    ['input, an argument', fromInput('id'), [{ argument: { id: '7' } }]],
    ['input, a property of a message', fromInput('id'), [{ message: { id: '7' } }]],
    ['a path parameter', fromParam('id'), [{ path: { id: '7' } }]],
    ['a query parameter', fromQuery('id'), [{ query: { id: '7' } }]],
    ['a header, in any case', fromHeader('X-Id'), [{}, { 'x-id': '7' }]],
    ['a cookie', fromCookie('id'), [{}, { cookie: 'a=b; id=7' }]],
    ['a property of the parent', fromParent('id'), [{ parent: { id: '7' } }]],
    [
      'an inherited property of the parent',
      fromParent('id'),
      [{ parent: Object.create({ id: '7' }) }],
    ],
    ['an integer', fromInput('id'), [{ argument: { id: 7 } }]],
    ['a bigint', fromParent('id'), [{ parent: { id: 7n } }]],
  ])('reads %s', (_what, source, call) => {
    expect(read(source, ...call)).toBe('7');
  });

  it.each<[string, ValueSource, Parameters<typeof callWith>]>([
    ['where nothing is', fromInput('id'), [{}]],
    ['a header without a request', fromHeader('id'), [{}]],
    ['a cookie without a request', fromCookie('id'), [{}]],
    ['the query or body as input', fromInput('id'), [{ query: { id: '7' }, body: { id: '7' } }]],
    ['a query parameter that is there twice', fromQuery('id'), [{ query: { id: ['7', '8'] } }]],
    ['an object', fromInput('id'), [{ argument: { id: { toString: () => '7' } } }]],
    ['a fraction', fromInput('id'), [{ argument: { id: 7.5 } }]],
    ['a number that is too large to be exact', fromInput('id'), [{ argument: { id: 2 ** 53 } }]],
    ['true', fromInput('id'), [{ argument: { id: true } }]],
    ['an empty text', fromInput('id'), [{ argument: { id: '' } }]],
    ['null', fromInput('id'), [{ message: null }]],
    ['an inherited property of what a client sent', fromInput('constructor'), [{ message: {} }]],
    ['a property of a text', fromInput('length'), [{ message: 'text' }]],
    ['two cookies of the name', fromCookie('id'), [{}, { cookie: 'id=7; id=8' }]],
    [
      'cookies that are too long',
      fromCookie('id'),
      [{}, { cookie: `id=7; ${'a'.repeat(65_536)}` }],
    ],
    ['a missing parent', fromParent('id'), [{ parent: undefined }]],
  ])('reads nothing: %s', (_what, source, call) => {
    expect(read(source, ...call)).toBeUndefined();
  });

  it.each([undefined, null, 'id', {}, { from: 'input' }, { from: 'constructor', name: 'id' }])(
    'is needed by read(), and not %j',
    (source) => {
      expect(() => read(source as ValueSource, {})).toThrow(
        "read() needs a source. Pass one such as fromInput('documentId').",
      );
    },
  );

  it.each([
    [
      () => fromInput(''),
      'fromInput() needs the name of the value to read. Pass a non-empty string.',
    ],
    [
      () => fromParam(' '),
      'fromParam() needs the name of the value to read. Pass a non-empty string.',
    ],
    [() => fromHeader('a b'), 'fromHeader() needs the name of a header: '],
    [() => fromCookie('a=b'), 'fromCookie() needs the name of a cookie: '],
  ])('needs a name: %#', (create, message) => {
    expect(create).toThrow(new TypeError(message).message);
  });
});

describe('A call for the application', () => {
  it('says what arrived, and cannot be changed', () => {
    const call = incomingCallOf(callWith({}, { 'x-id': '7' }));
    expect(call.transport).toBe('http');
    expect(call.address).toBe('192.0.2.1');
    expect(call.headers).toEqual({ 'x-id': '7' });
    expect(call.context).toBe(context);
    expect(() => Object.assign(call, { address: 'another' })).toThrow(TypeError);
  });

  it('has no headers without a request', () => {
    expect(incomingCallOf(callWith({})).headers).toEqual({});
  });

  it('does not show credentials when it is logged', () => {
    const call = incomingCallOf(callWith({}, { authorization: 'Bearer SECRET' }));
    expect(inspect(call, { depth: 9, showHidden: true })).not.toContain('SECRET');
  });
});
