import { isJsonObject } from '../../values/json-object.js';
import type { CallArguments, HoldOptions } from './hold-options.interface.js';

const OPTIONS: Record<keyof HoldOptions, string> = {
  except: 'a list of names of handlers',
  orgFor: 'a function that returns the id of an organization',
  argsFor: 'a function that returns what is sent with a call',
  credentials: 'an object with a function for each of your own kinds of callers',
};

const ARGUMENTS: readonly string[] = [
  'params',
  'query',
  'headers',
  'body',
  'args',
] satisfies (keyof CallArguments)[];

/** @throws {Error} for an unknown option, or a value of a wrong type */
export function checkHoldOptions(options: unknown = {}): HoldOptions {
  if (!isJsonObject(options)) throw new Error('The options of toHold() are not an object.');
  assertKnown('toHold() does not have the option', options, Object.keys(OPTIONS));
  const { except = [], orgFor = String, argsFor = String, credentials = {} } = options;
  const isRight: Record<string, boolean> = {
    except: Array.isArray(except) && except.every((one) => typeof one === 'string'),
    orgFor: typeof orgFor === 'function',
    argsFor: typeof argsFor === 'function',
    credentials:
      isJsonObject(credentials) &&
      Object.values(credentials).every((one) => typeof one === 'function'),
  };
  const wrong = Object.entries(OPTIONS).find(([name]) => isRight[name] === false);
  if (wrong !== undefined) throw new Error(`${wrong[0]} of toHold() is not ${wrong[1]}.`);
  return options;
}

/** @throws {Error} for an id that is not a text */
export function checkOrgId(orgId: unknown, handler: string): string | undefined {
  if (orgId === undefined || (typeof orgId === 'string' && orgId !== '')) return orgId;
  throw new Error(
    `orgFor of toHold() returns no id for ${handler}. Return a string, or undefined for the default.`,
  );
}

/** @throws {Error} for unknown arguments, and for a promise, which is not awaited */
export function checkCallArguments(given: unknown = {}, handler: string): CallArguments {
  if (!isJsonObject(given) || 'then' in given) {
    throw new Error(
      `argsFor of toHold() does not return an object for ${handler}. It is not awaited, so it cannot return a promise.`,
    );
  }
  assertKnown(`argsFor of toHold(), for ${handler}, does not have the property`, given, ARGUMENTS);
  return given;
}

function assertKnown(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(`${where} ${JSON.stringify(unknown)}. Known names are ${known.join(', ')}.`);
}
