import { classChain, handlerNames, isHandler, ownFunctionOf } from '../../rules/declared-method.js';
import type { ApplicationClass } from '../application/application-classes.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { findUntraceable } from './untraceable-handlers.js';

/** Handlers that another library calls, and whose rules are lost. Nest does not list them, and may not know whether global guards reach them. */
export function findLostInLibraries(provided: ApplicationClass, app: AuditedApplication): string[] {
  return handlersOfLibraries(provided, app).flatMap((handler) =>
    findUntraceable(handler).map((finding) => `${provided.type.name}.${handler.name}: ${finding}`),
  );
}

function handlersOfLibraries(
  { type }: ApplicationClass,
  { handlers, policies }: AuditedApplication,
) {
  const listed = handlers.filter(({ controller }) => controller === type).map(({ name }) => name);
  return handlerNames(type)
    .filter((name) => !listed.includes(name))
    .flatMap((name) => {
      const owner = classChain(type).find(({ prototype }) =>
        Object.hasOwn(prototype as object, name),
      );
      const handler = owner && ownFunctionOf(owner, name);
      if (handler === undefined || !isHandler(handler)) return [];
      const policy = policies.ofHandler(type, handler);
      return [{ controller: type, name, handler, policy }];
    });
}
