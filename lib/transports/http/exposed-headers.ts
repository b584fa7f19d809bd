import type { AbstractHttpAdapter } from '@nestjs/core';

const NAME = 'Access-Control-Expose-Headers';

/** Lets web pages read a header of a response, besides those that the application's CORS lets them read. */
export function exposeHeader(
  adapter: Pick<AbstractHttpAdapter, 'getHeader' | 'setHeader'>,
  response: unknown,
  header: string,
): void {
  const present: unknown = adapter.getHeader(response, NAME);
  // One that was set several times is a list.
  const names = [present ?? []].flat().map(String).flatMap(namesIn);
  if (names.some((name) => name.toLowerCase() === header.toLowerCase())) return;
  adapter.setHeader(response, NAME, [...names, header].join(', '));
}

function namesIn(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}
