import type { CallArguments, HoldOptions } from './hold-options.interface.js';

const OPTIONS: Record<keyof HoldOptions, string> = {
  except: 'a list of names of handlers',
  orgFor: 'a function that returns the id of an organization',
  argsFor: 'a function that returns what is sent with a call',
};

const ARGUMENTS: readonly (keyof CallArguments)[] = [
  'params',
  'query',
  'headers',
  'body',
  'args',
  'data',
  'context',
];

const RECORDS: readonly (keyof CallArguments)[] = ['params', 'query', 'headers', 'args'];

/** @throws {Error} for an unknown option, or a value of a wrong type */
export function checkHoldOptions(options: unknown): HoldOptions {
  if (options === undefined) return {};
  if (!isRecord(options))
    throw new Error(
      'The options of toHold() are not an object. Pass { except, orgFor, argsFor }, or nothing.',
    );
  assertKnown('toHold()', 'the option', Object.keys(options), Object.keys(OPTIONS));
  const { except, orgFor, argsFor } = options;
  if (except !== undefined && !isListOfTexts(except)) throw wrongType('except');
  if (orgFor !== undefined && typeof orgFor !== 'function') throw wrongType('orgFor');
  if (argsFor !== undefined && typeof argsFor !== 'function') throw wrongType('argsFor');
  return options;
}

/** @throws {Error} for an id that is not a text */
export function checkOrgId(orgId: unknown, handler: string): string | undefined {
  if (orgId === undefined || (typeof orgId === 'string' && orgId !== '')) return orgId;
  throw new Error(
    `orgFor of toHold() returns no id for ${handler}. Return a string, or undefined for the default.`,
  );
}

/** @throws {Error} for unknown arguments, or values of a wrong type */
export function checkCallArguments(given: unknown, handler: string): CallArguments {
  if (given === undefined) return {};
  if (!isRecord(given) || 'then' in given) {
    throw new Error(
      `argsFor of toHold() does not return an object for ${handler}. Return an object with the properties that the ` +
        'call needs: params, query, headers, body, args, data or context.',
    );
  }
  assertKnown(
    `argsFor of toHold(), for ${handler},`,
    'the property',
    Object.keys(given),
    ARGUMENTS,
  );
  const wrong = RECORDS.find((name) => given[name] !== undefined && !isRecord(given[name]));
  if (wrong !== undefined) {
    throw new Error(`${wrong} of argsFor of toHold() is not an object for ${handler}.`);
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, withoutUndefined(name, value)]),
  );
}

/** Drops `undefined` from parameters, headers and arguments, such as the token of a caller without one. */
function withoutUndefined(name: string, value: unknown): unknown {
  if (!isRecord(value) || !(RECORDS as readonly string[]).includes(name)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

function assertKnown(
  where: string,
  kind: string,
  names: readonly string[],
  known: readonly string[],
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(
    `${where} does not have ${kind} ${JSON.stringify(unknown)}. Known names are ${known.join(', ')}.`,
  );
}

function wrongType(option: keyof HoldOptions): Error {
  return new Error(`${option} of toHold() is not ${OPTIONS[option]}.`);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
