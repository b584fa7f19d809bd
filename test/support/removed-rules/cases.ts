import type { AccessCase } from './access-case.js';
import { APPLICATIONS } from './applications.js';
import { EXAMPLES } from './examples.js';
import { SAMPLES } from './samples.js';

/** All applications whose access decorators are removed, one at a time. */
export const CASES: readonly AccessCase[] = [...SAMPLES, ...APPLICATIONS, ...EXAMPLES];
