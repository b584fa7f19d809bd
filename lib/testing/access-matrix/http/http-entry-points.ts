import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationRoute } from '../../../audit/application/application-routes.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { AccessProbe } from '../access-probe.js';
import type { CallParts, CallResult, EntryPoint, EntryPointSource } from '../entry-point.js';
import type { ApplicationServer } from './application-server.js';
import { requestFor } from './request-for.js';
import { methodFor } from './route-method.js';
import type { RouteTarget } from './route-target.js';
import { hostsOf, versionsOf } from './route-versions.js';

/** The routes of the application, called by requests to its server. */
export class HttpEntryPoints implements EntryPointSource {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {}

  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] {
    const routes = handlers.filter(({ description }) => description.transport === 'http');
    return routes.flatMap((handler) => {
      const { controller, name } = handler.subject as ApplicationRoute;
      const method = methodFor(handler, routes);
      const versions = versionsOf(this.app, controller, name);
      return versions.flatMap((version) =>
        hostsOf(controller).map((host) =>
          this.withHead({ handler, method, version, host }, versions.length > 1),
        ),
      );
    });
  }

  /** Nest's adapters serve HEAD with the handlers of GET. */
  private withHead(route: RouteTarget, isOneOfVersions: boolean): EntryPoint {
    const entryPoint = this.entryPoint(route, isOneOfVersions);
    if (route.handler.description.method !== 'GET') return entryPoint;
    const head = this.entryPoint({ ...route, method: 'HEAD' }, isOneOfVersions);
    const sideEntrance = { ...head, name: head.name.replace(/^GET/, 'HEAD') };
    return { ...entryPoint, sideEntrance };
  }

  private entryPoint(route: RouteTarget, isOneOfVersions: boolean): EntryPoint {
    const { handler, version, host } = route;
    const details = [
      ...(isOneOfVersions ? [version.inWords] : []),
      ...(host === undefined ? [] : [`host ${String(host)}`]),
    ];
    const { name } = handler.description;
    return {
      handler,
      name: details.length > 0 ? `${name} (${details.join(', ')})` : name,
      version: version.forExtractor,
      call: (parts) => this.call(route, parts),
    };
  }

  private async call(route: RouteTarget, parts: CallParts): Promise<CallResult> {
    const request = requestFor(route, parts);
    let response: string | undefined;
    const call = await this.probe.overNetwork(async (probeHeaders) => {
      response = await this.server.send({
        ...request,
        headers: { ...request.headers, ...probeHeaders },
      });
    });
    return response === undefined ? { call, isUnanswered: true } : { call, response };
  }
}
