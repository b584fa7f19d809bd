import { COPIED, SHARED } from './copied-methods.js';
import type { Fault } from './fault.js';
import { MIXED_AND_INHERITED } from './mixed-and-inherited.js';
import { PROXIES, REPLACED_CLASSES } from './replaced-classes.js';
import { REPLACED_METHODS } from './replaced-methods.js';

/** What is done to controllers, by what is done. */
export const HTTP_FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  'methods that a constructor or a decorator replaces': REPLACED_METHODS,
  'classes that a decorator replaces': [...REPLACED_CLASSES, ...PROXIES],
  'methods that are mixed in, inherited or overridden': MIXED_AND_INHERITED,
  'methods that are copied': COPIED,
  'methods that two controllers share': SHARED,
};
