const SLASH = 47;

/** A step of a pattern: it accepts one character, or one or more in a row. */
export interface PatternStep {
  accepts(code: number): boolean;
  readonly repeats: boolean;
}

/** What URIs have to look like for `@rekog/mcp-nest` to find a resource or template. */
export interface UriPattern {
  readonly steps: readonly PatternStep[];
  /** Whether the pattern matches only URIs that `@rekog/mcp-nest` finds. */
  readonly isExact: boolean;
}

/** A parameter, a wildcard, or a character that means itself to path-to-regexp. The name of a parameter is as long as possible. */
const TOKEN = /[:*][A-Za-z_$][\w$]*|[\w\-./~@#%,=&;'|<>^$ ]/g;

/**
 * Reads a template as `@rekog/mcp-nest` does, which rewrites it for path-to-regexp: word characters after a brace become part of the name,
 * so that `{id}_draft` is a parameter `id_draft` and matches everything.
 *
 * @param template without its scheme
 * @returns `undefined` for a template that is not understood for certain
 */
export function parseTemplate(template: string): UriPattern | undefined {
  const path = template
    .replaceAll(/\{\?[^}]+\}/g, '')
    .replaceAll(/\{(\w+)\*\}/g, '*$1')
    .replaceAll(/\{(\w+)\}/g, ':$1');
  const tokens = path.match(TOKEN) ?? [];
  // An empty template is never looked for.
  if (path === '' || tokens.join('') !== path) return undefined;
  return { steps: tokens.map(stepOf), isExact: isExact(tokens) };
}

/**
 * Whether a pattern matches a whole text. All ways to match the text are followed at the same time, so that each character is compared with
 * each step once at most, whatever the text is.
 */
export function matchesSteps(steps: readonly PatternStep[], text: string): boolean {
  /** The steps that the text so far leads to, in order; the last one is the end. */
  let reached = [0];
  for (let index = 0; index < text.length && reached.length > 0; index++) {
    reached = advance(steps, reached, text.charCodeAt(index));
  }
  return reached.at(-1) === steps.length;
}

function advance(steps: readonly PatternStep[], reached: readonly number[], code: number) {
  const next: number[] = [];
  for (const index of reached) {
    const step = steps[index];
    if (step === undefined || !step.accepts(code)) continue;
    if (step.repeats && next.at(-1) !== index) next.push(index);
    next.push(index + 1);
  }
  return next;
}

function stepOf(token: string): PatternStep {
  if (token.length > 1) {
    const isParameter = token.startsWith(':');
    return { accepts: (code) => !isParameter || code !== SLASH, repeats: true };
  }
  // path-to-regexp ignores the case of letters.
  const codes = [token.toLowerCase(), token.toUpperCase()].map((letter) => letter.charCodeAt(0));
  return { accepts: (code) => codes.includes(code), repeats: false };
}

/** Before a second parameter in a segment, and with a second wildcard, path-to-regexp matches less than the pattern. */
function isExact(tokens: readonly string[]): boolean {
  const shape = tokens.map((token) => (token.length > 1 || token === '/' ? token[0] : '')).join('');
  return !/[:*]{2}/.test(shape) && shape.split('*').length <= 2;
}
