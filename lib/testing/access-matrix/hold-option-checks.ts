import { isJsonObject } from '../../values/json-object.js';
import type { CallArguments, HoldOptions } from './hold-options.interface.js';

const OPTIONS: Record<keyof HoldOptions, string> = {
  except: 'a list of names of handlers',
  orgFor: 'a function that returns the id of an organization',
  argsFor: 'a function that returns what is sent with a call',
  credentials: 'an object with a function for each of your own kinds of callers',
};

/** The arguments, and whether each has to be an object. */
const ARGUMENTS: Record<keyof CallArguments, boolean> = {
  params: true,
  query: true,
  headers: true,
  body: false,
  args: true,
  data: false,
};

/** @throws {Error} for an unknown option, or a value of a wrong type */
export function checkHoldOptions(options: unknown): HoldOptions {
  if (options === undefined) return {};
  if (!isJsonObject(options)) {
    throw new Error(
      'The options of toHold() are not an object. Pass { except, orgFor, argsFor, credentials }, or nothing.',
    );
  }
  assertKnown('toHold() does not have the option', Object.keys(options), Object.keys(OPTIONS));
  const { except, orgFor, argsFor, credentials } = options;
  const isRight: Record<keyof HoldOptions, boolean> = {
    except: Array.isArray(except) && except.every((one) => typeof one === 'string'),
    orgFor: typeof orgFor === 'function',
    argsFor: typeof argsFor === 'function',
    credentials:
      isJsonObject(credentials) &&
      Object.values(credentials).every((one) => typeof one === 'function'),
  };
  for (const [name, expected] of Object.entries(OPTIONS)) {
    if (options[name] !== undefined && !isRight[name as keyof HoldOptions]) {
      throw new Error(`${name} of toHold() is not ${expected}.`);
    }
  }
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
  if (!isJsonObject(given) || 'then' in given) {
    throw new Error(
      `argsFor of toHold() does not return an object for ${handler}. Return an object with the properties that the call ` +
        `needs: ${Object.keys(ARGUMENTS).join(', ')}.`,
    );
  }
  const where = `argsFor of toHold(), for ${handler}, does not have the property`;
  assertKnown(where, Object.keys(given), Object.keys(ARGUMENTS));
  const checked = Object.entries(given).map(([name, value]): [string, unknown] => {
    if (value === undefined || !ARGUMENTS[name as keyof CallArguments]) return [name, value];
    if (!isJsonObject(value)) {
      throw new Error(`${name} of argsFor of toHold() is not an object for ${handler}.`);
    }
    // Drops `undefined`, such as the token of a caller without one.
    return [name, Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))];
  });
  return Object.fromEntries(checked);
}

function assertKnown(where: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(`${where} ${JSON.stringify(unknown)}. Known names are ${known.join(', ')}.`);
}
