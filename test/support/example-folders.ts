import { readdirSync } from 'node:fs';

/** The folders of examples/. */
export const EXAMPLES = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
