import type { INestApplicationContext } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import { ApplicationRoutes } from './application-routes.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { placeOf } from '../org-sources/org-source-place.js';
import type { ApiKeyKind } from '../rules/access-rule.js';
import { RouteAccessResolver, type AccessMode } from './handler-access.js';

/**
 * A route, and who may call it.
 *
 * @publicApi
 */
export interface RouteDescription {
  /** The HTTP method, such as `GET`; `ALL` for every one. */
  readonly method: string;
  /** The path as it is registered, with the global prefix, versions and module paths, such as `/api/v1/orgs/:orgId`. */
  readonly path: string;
  /** The name of the controller class. */
  readonly controller: string;
  /** The name of its method. */
  readonly handler: string;
  /** Whom it lets in, before its further rules. */
  readonly access: AccessMode;
  /** Whose API keys will do, where only one kind will. */
  readonly apiKeyKind?: ApiKeyKind;
  /** Whether it is closed to employees who impersonate a user. */
  readonly deniesImpersonation: boolean;
  /** The rules about the organization, all of which have to hold. */
  readonly orgRules: readonly OrgRequirement[];
  /** Where the organization is named, such as `path orgId`; every one has to name the same. */
  readonly orgSources: readonly string[];
  /** The kinds of action for which the user has to bring a step-up grant. */
  readonly stepUpActions: readonly string[];
}

/**
 * Lists every HTTP route of an application with the rules that guard it: for a table at start, and for a test that notices when
 * a route loses its decorator.
 *
 * @param app the application, initialized (`await app.init()` or `listen()`)
 * @returns the routes, sorted by path and method; a handler with several paths is listed with each
 * @throws the error of Nest for an unknown provider, when the application has no `PropelAuthModule`
 * @example
 * ```ts
 * console.table(describeAccess(app), ['method', 'path', 'access']);
 * ```
 *
 * @publicApi
 */
export function describeAccess(app: INestApplicationContext): RouteDescription[] {
  const access = app.get(RouteAccessResolver, { strict: false });
  const routes = app.get(ApplicationRoutes, { strict: false }).list();
  return routes
    .flatMap(({ controller, name, handler, method, paths }) => {
      const rules = access.of(controller, handler);
      return paths.map((path) => ({
        method,
        path,
        controller: controller.name,
        handler: name,
        access: rules.access,
        ...(rules.apiKeyKind && { apiKeyKind: rules.apiKeyKind }),
        deniesImpersonation: rules.deniesImpersonation,
        orgRules: rules.orgRequirements,
        orgSources: rules.orgSources.map(describeSource),
        stepUpActions: rules.stepUps.map(({ actionType }) => actionType),
      }));
    })
    .toSorted((one, other) => compare(one.path, other.path) || compare(one.method, other.method));
}

function describeSource(source: OrgSourceOption): string {
  const { from, name } = placeOf(source);
  return [from, name].filter(Boolean).join(' ');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
