import { isObject, mcpHandlerOf, mcpOptionsOf } from '../../extend.js';

/** The names of the arguments of a tool or prompt, and of the values in a template of URIs. */
export function mcpArgumentNamesOf(handler: Function): string[] {
  const found = mcpHandlerOf(handler);
  if (found === undefined) return [];
  if (found.type === 'resource-template') return templateNamesOf(found.name);
  const options = mcpOptionsOf(handler);
  const { parameters } = (isObject(options) ? options : {}) as { parameters?: unknown };
  // An object schema of zod has its properties in `shape`.
  const { shape } = (isObject(parameters) ? parameters : {}) as { shape?: unknown };
  return isObject(shape) ? Object.keys(shape) : [];
}

/** The names in a template of URIs, such as `name` and `other` in `docs://{name}{?other}`. */
function templateNamesOf(template: string): string[] {
  return [...template.matchAll(/\{([^}]*)\}/g)].flatMap(
    ([, names = '']) => names.match(/\w+/g) ?? [],
  );
}
