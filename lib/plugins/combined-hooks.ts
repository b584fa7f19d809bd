import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { Hooks } from './hooks.js';

/** The names of all hooks. The compiler keeps them complete: a hook that is missing here would never be called. */
const NAMES = Object.keys({
  kinds: true,
  policyBefore: true,
  before: true,
  allowed: true,
  challenge: true,
  failing: true,
  mistakes: true,
  argumentNames: true,
  newMemberships: true,
  decided: true,
  activeTrace: true,
  measure: true,
  event: true,
  state: true,
  access: true,
} satisfies Record<keyof Hooks, true>) as (keyof Hooks)[];

/**
 * Combines the hooks of plugins. A hook that no plugin has stays `undefined`, so that it costs nothing; the others are called directly.
 *
 * @param plugins those that are in use
 * @throws {PropelAuthConfigurationError} for a hook of two plugins, of which only one would be called
 */
export function combineHooks(plugins: readonly Hooks[]): Hooks {
  const members = NAMES.map((name) => {
    const [owner, other] = plugins.filter((hooks) => hooks[name] !== undefined);
    if (other !== undefined) {
      throw new PropelAuthConfigurationError(
        `plugins contains two plugins with the hook "${name}", which cannot be used together. Remove one of them.`,
      );
    }
    const member: unknown = owner?.[name];
    return [name, typeof member === 'function' ? member.bind(owner) : member] as const;
  });
  return Object.fromEntries(members);
}
