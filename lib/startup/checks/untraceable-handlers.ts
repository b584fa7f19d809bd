import { markOf, tracedName, type DeclaredMethod } from '../../rules/declared-method.js';
import { hasRules, ruledOriginOf } from '../../rules/ruled-classes.js';
import { isUntraceable } from '../../rules/callers.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** A handler as this check looks at it. The last two are unknown for one that a library calls. */
type TracedMethod = Pick<ApplicationHandler, 'controller' | 'name' | 'handler' | 'policy'> &
  Partial<Pick<ApplicationHandler, 'access' | 'isReplaced'>>;

/** Handlers of which a call does not show which method it is, so that the rules of the call are unknown. */
export function findUntraceable(audited: TracedMethod): string[] {
  const { controller, name, handler, policy, access, isReplaced } = audited;
  if (isUntraceable(policy.callers)) {
    const origin = ruledOriginOf(controller, handler) ?? markOf(handler);
    return [origin === undefined ? REPLACED : describeCopy(controller.name, origin)];
  }
  if (isReplaced && access?.access !== 'open') return [REPLACED];
  const traced = tracedName(controller, handler);
  return traced === undefined || traced === name || !hasRules(controller)
    ? []
    : [describeSecondName(controller.name, String(traced))];
}

function describeCopy(type: string, { owner, name }: DeclaredMethod): string {
  const from = owner.name;
  // A class decorator that returns another class causes this.
  if (from === type) {
    return (
      `A decorator replaced ${from} with another class of that name, which has copies of its methods, but not its access rules. ` +
      'Return a subclass from the decorator.'
    );
  }
  return (
    `The method is or overrides the same function as ${from}.${String(name)}, so a call does not show which of their access rules apply. ` +
    `Declare ${type} with "extends ${from}" instead of copying methods, or write a function for each.`
  );
}

function describeSecondName(type: string, name: string): string {
  return (
    `The method is the function of ${type}.${name}, or has its metadata, so a call does not show which of the two it is. ` +
    'Write a function for each.'
  );
}

const REPLACED =
  'Another function replaces this method, so a call does not show which access rules apply. Remove a line such as ' +
  'this.list = this.list.bind(this) from the constructor.';
