import { isCallerRule, type AccessRule } from '../../rules/rule.js';
import { readClassRules, readMethodRules } from '../../rules/rule-metadata.js';
import { isMcpHandler } from '../../transports/mcp/mcp-nest.js';
import type { ApplicationClass } from '../application/application-classes.js';
import { reachableTypes } from '../application/application-handlers.js';
import { classChain, isHandler } from '../../rules/declared-method.js';
import { isEveryone } from '../../rules/callers.js';
import { isHandlerOfLibrary } from '../../transports/call-of.js';
import { methodNamesOf, methodOf } from '../../values/class-methods.js';

// The key under which Nest keeps the path of a method that handles HTTP requests.
const PATH_METADATA = 'path';

/** The finding for a class with tools, resources or prompts of `@rekog/mcp-nest`, which looks for them only in controllers. */
const NO_CONTROLLER =
  'MCP clients cannot call its tools, resources and prompts, because the class is not a controller. Move it from the ' +
  'providers of its module to the controllers.';

/** Rules that no guard checks: on a method that is not a handler, or on a class without handlers. They would protect nothing. */
export function findUnenforcedRules(audited: ApplicationClass): string[] {
  return [...findOnClass(audited), ...findOnMethods(audited)];
}

function findOnClass(audited: ApplicationClass): string[] {
  const { type, isController } = audited;
  const rule = classChain(type).flatMap(readClassRules).find(isRestricting);
  if (rule === undefined || isController) return [];
  // Inherited handlers count, because the rules of the class apply to them as well.
  const methods = methodNamesOf(type).map((name) => methodOf(type, name));
  if (methods.some((method) => isCalled(audited, method, rule))) return [];
  return methods.some(isMcpHandler)
    ? [`${type.name}: ${NO_CONTROLLER}`]
    : [
        `${type.name}: ${rule.decorator} has no effect on a class that handles no requests. Move it to the controller, resolver or ` +
          'gateway that calls this class, or check with PropelAuthService.',
      ];
}

function findOnMethods(audited: ApplicationClass): string[] {
  const { type } = audited;
  return methodNamesOf(type).flatMap((name) =>
    classChain(type).flatMap((owner) => {
      // The class where the rule is written counts as well: a subclass may override a handler with a plain method.
      const methods = [methodOf(type, name), methodOf(owner, name)];
      return readMethodRules(owner, name)
        .filter(isRestricting)
        .filter((rule) => !methods.some((method) => isCalled(audited, method, rule)))
        .map(({ decorator }) =>
          methods.some(isMcpHandler)
            ? `${type.name}: ${NO_CONTROLLER}`
            : `${type.name}.${name}: ${decorator} has no effect on a method that handles no requests. Move it to the handler that ` +
              'calls this method, or check with PropelAuthService.',
        );
    }),
  );
}

/** `@Public()` is not reported: it protects nothing, and on a handler of another library it lifts what the module requires. */
function isRestricting(rule: AccessRule): boolean {
  return !isCallerRule(rule) || !isEveryone(rule.callers);
}

/** Whether a rule protects a method. In a library that no transport knows, it has to name the place of the token. */
function isCalled(audited: ApplicationClass, method: Function, rule: AccessRule): boolean {
  return (
    isCalledWithGuards(audited, method) || (rule.tokenSource !== undefined && isHandler(method))
  );
}

/** Whether Nest calls a method with its guards, or a library does that a transport knows. */
export function isCalledWithGuards(
  { type, isController }: ApplicationClass,
  method: Function,
): boolean {
  return (
    Reflect.hasMetadata(PATH_METADATA, method) ||
    reachableTypes(method, type, isController).length > 0 ||
    isHandlerOfLibrary(method)
  );
}
