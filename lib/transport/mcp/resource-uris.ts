/** Nothing longer is looked for: what templates match is asked with each request. */
const MAXIMUM_LENGTH = 2_048;

/** `{name}`, `{name*}` and `{?name,other}`. To its router, other braces mean what is optional. */
const UNDERSTOOD = /\{(?:\w+\*?|\?[^}]+)\}/;

const EXPRESSION = /\{(\??)(\w+)(\*?)[^}]*\}/g;

/**
 * Whether a URI is that of a resource, or of one that a template describes, as `@rekog/mcp-nest` finds it: without its scheme, and with a
 * template also without its query. Where the two could differ (a template with characters that mean something to its router) it is `false`.
 */
export function isUriOf(
  kind: 'resource' | 'resource-template',
  pattern: string,
  uri: string,
): boolean {
  if (uri.length > MAXIMUM_LENGTH) return false;
  if (kind === 'resource') return pattern === uri;
  const matcher = matcherOf(pattern);
  const [path = ''] = withoutScheme(uri).split('?');
  return matcher?.test(path) === true && isDecodable(uri);
}

/**
 * Whether `@rekog/mcp-nest` may find a resource or template for a URI, which it does for more than {@link isUriOf} says: `true` in doubt. It
 * compares resources as it does templates, and takes a slash at the end for none.
 */
export function mayBeUriOf(pattern: string, uri: string): boolean {
  const matcher = uri.length > MAXIMUM_LENGTH ? undefined : matcherOf(pattern);
  if (matcher === undefined) return true;
  const whole = withoutScheme(uri);
  return [whole, whole.split('?', 1)[0] as string].some(
    (path) => matcher.test(path) || matcher.test(path.replace(/\/$/, '')),
  );
}

/** The names in a template of URIs, such as `name` and `other` in `docs://{name}{?other}`. */
export function templateNamesOf(template: string): string[] {
  return [...template.matchAll(/\{([^}]*)\}/g)].flatMap(
    ([, names = '']) => names.match(/\w+/g) ?? [],
  );
}

const matchers = new Map<string, RegExp | undefined>();

/** Templates come from decorators, so that there are few. */
function matcherOf(template: string): RegExp | undefined {
  if (!matchers.has(template)) matchers.set(template, compile(withoutScheme(template)));
  return matchers.get(template);
}

function compile(template: string): RegExp | undefined {
  const literals = template.split(UNDERSTOOD);
  if (!literals.every((literal) => /^[\w\-./~]*$/.test(literal))) return undefined;
  const source = template
    .replaceAll(/[.]/g, String.raw`\.`)
    .replaceAll(EXPRESSION, (_all, query: string, _name, rest: string) => {
      if (query !== '') return '';
      return rest === '*' ? String.raw`[\s\S]+` : '[^/]+';
    });
  return new RegExp(`^${source}$`, 'i');
}

function withoutScheme(uri: string): string {
  return uri.includes('://') ? (uri.split('://')[1] as string) : uri;
}

function isDecodable(uri: string): boolean {
  try {
    decodeURIComponent(uri);
    return true;
  } catch {
    return false;
  }
}
