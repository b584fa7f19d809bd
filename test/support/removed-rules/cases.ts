import { GRAPHQL } from '../../samples/graphql.js';
import { OVER_EXPRESS, OVER_FASTIFY } from '../../samples/http.js';
import { MESSAGES } from '../../samples/messages.js';
import type { AccessCase } from './access-case.js';
import { APPLICATIONS } from './applications.js';
import { EXAMPLES } from './examples.js';

/** All applications whose access decorators are removed, one at a time. */
export const CASES: readonly AccessCase[] = [
  OVER_EXPRESS,
  OVER_FASTIFY,
  ...MESSAGES,
  ...GRAPHQL,
  ...APPLICATIONS,
  ...EXAMPLES,
];
