import { CannotCall } from '../entry-point.js';

/** The value of a parameter about which nothing is known: most pipes accept it, too. */
const ANY_VALUE = '1';

/** What a parameter gets that has to match a regular expression: the first that does. */
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
 * An escaped character, `::` for a colon (Fastify), a parameter with a regular expression (Fastify), a wildcard with or without a name, and the
 * braces of an optional part.
 */
const PART =
  /\\(?<escaped>.)|::|:(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\((?<expression>(?:\\.|[^()\\]|\((?:\\.|[^()\\])*\))*)\))?[?+*]?|:"(?<quoted>[^"]+)"|\(\.\*\)|\*(?<wildcard>[\p{ID_Start}$_][\p{ID_Continue}$]*)?|[{}]/gu;

/**
 * A text that a pattern of a path or host matches, with its optional parts. The `compile()` of path-to-regexp reads only the patterns of
 * Express 5: it throws for those of Fastify, and for a wildcard without a name.
 *
 * @param values by the names of parameters; the others are made up
 * @throws {CannotCall} when no value is known that a parameter could have
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

/** Segments with slashes between them. */
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
