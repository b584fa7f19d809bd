import { matchesSteps, parseTemplate, type UriPattern } from './uri-pattern.js';

/** Longer URIs are not compared, because each request may contain one. */
const MAXIMUM_LENGTH = 2_048;

/** Whether a URI leads to a resource or template. `possible`: `@rekog/mcp-nest` may read the template in another way. */
export type UriMatch = 'none' | 'possible' | 'certain';

/**
 * Whether `@rekog/mcp-nest` finds a resource or template for a URI. It compares both as path-to-regexp does, without the scheme and, for
 * templates, without the query. A template that is not understood for certain possibly matches every URI.
 */
export function matchUri(
  kind: 'resource' | 'resource-template',
  template: string,
  uri: string,
): UriMatch {
  const pattern = uri.length > MAXIMUM_LENGTH ? undefined : patternOf(template);
  if (pattern === undefined) return 'possible';
  const whole = withoutScheme(uri);
  const path = kind === 'resource' ? whole : (whole.split('?', 1)[0] as string);
  if (!matchesPath(pattern, path)) return 'none';
  return pattern.isExact ? 'certain' : 'possible';
}

/** A slash at the end makes no difference. */
function matchesPath({ steps }: UriPattern, path: string): boolean {
  return (
    matchesSteps(steps, path) || (path.endsWith('/') && matchesSteps(steps, path.slice(0, -1)))
  );
}

const patterns = new Map<string, UriPattern | undefined>();

/** All patterns are kept: templates come from decorators, so there are few. */
function patternOf(template: string): UriPattern | undefined {
  if (!patterns.has(template)) patterns.set(template, parseTemplate(withoutScheme(template)));
  return patterns.get(template);
}

/** As `@rekog/mcp-nest` does: what comes after a second `://` is lost. */
function withoutScheme(uri: string): string {
  return uri.includes('://') ? (uri.split('://')[1] as string) : uri;
}
