import { CannotCall } from '../entry-point.js';

/** The value of an unknown parameter. Most pipes accept it. */
const ANY_VALUE = '1';

/** The values for parameters with a regular expression. The first match is used. */
const VALUES = [
  ANY_VALUE,
  'a',
  'A',
  '12',
  'ab',
  '123',
  'abc',
  '1234',
  '2024-01-01',
  'a.txt',
  '00000000-0000-4000-8000-000000000000',
];

/**
 * A part of a pattern: an escaped character, `::` for a colon (Fastify), a parameter with a regular expression (Fastify), a wildcard with
 * or without a name, or the braces of an optional part.
 */
const PART =
  /\\(?<escaped>.)|::|:(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\((?<expression>(?:\\.|[^()\\]|\((?:\\.|[^()\\])*\))*)\))?[?+*]?|:"(?<quoted>[^"]+)"|\(\.\*\)|\*(?<wildcard>[\p{ID_Start}$_][\p{ID_Continue}$]*)?|[{}]/gu;

/**
 * A path or host that matches a pattern, including its optional parts. `compile()` of path-to-regexp reads only the patterns of Express 5:
 * it throws for Fastify's, and for a wildcard without a name.
 *
 * @param values by parameter name; missing values are made up
 * @throws {CannotCall} if no known value fits a parameter
 */
export function fillPattern(
  pattern: string,
  values: Readonly<Record<string, string>>,
  encode: (value: string) => string = encodeURIComponent,
): string {
  return pattern.replaceAll(PART, (part: string, ...rest: unknown[]) => {
    const { escaped, name, expression, quoted, wildcard } = rest.at(-1) as Partial<
      Record<string, string>
    >;
    if (escaped !== undefined) return escaped;
    if (part === '::') return ':';
    if (part === '{' || part === '}') return '';
    if (part.startsWith('*') || part === '(.*)')
      return wildcardValue(values[wildcard ?? '*'], encode);
    const parameter = name ?? quoted ?? '';
    return encode(values[parameter] ?? valueMatching(parameter, expression));
  });
}

/** Encodes the segments of a wildcard, and keeps the slashes. */
function wildcardValue(value = ANY_VALUE, encode: (value: string) => string): string {
  return value.split('/').map(encode).join('/');
}

function valueMatching(parameter: string, expression: string | undefined): string {
  if (expression === undefined) return ANY_VALUE;
  const pattern = new RegExp(`^(?:${expression})$`);
  const value = VALUES.find((one) => pattern.test(one));
  if (value !== undefined) return value;
  throw new CannotCall(
    `Its parameter ${parameter} has to match ${expression}. Return a value in params from argsFor.`,
  );
}
