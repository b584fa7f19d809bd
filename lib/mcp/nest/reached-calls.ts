import type { ExecutionContext } from '@nestjs/common';
import { endpointRequestOf, isOfOtherApplication } from '../../transports/mcp/endpoint-requests.js';
import type { Call } from '../../transports/call.js';
import { mcpContextOf, rawRequestOf } from '../../transports/mcp/mcp-context.js';
import { publicResultsOfServer } from './mcp-nest-objects.js';
import { exceptionForUnguarded, logUnguarded } from '../../rejections/unguarded-calls.js';

/**
 * @param application an object that identifies the application of the guard
 * @throws an exception for a call whose request no guard has seen, and for a call that may have come with the request of another caller
 */
export function assertReached({ context, transport }: Call, application: object): void {
  if (transport !== 'mcp') return;
  const raw = rawRequestOf(context);
  if (raw === undefined) throw exceptionForUnguarded(context, describeStdio);
  if (isOfSession(context)) throw exceptionForUnguarded(context, describeSession);
  if (endpointRequestOf(raw) === undefined)
    throw exceptionForUnguarded(context, describeNoEndpoint);
  // The rules of this application still decide, about a caller whom its PropelAuth may not know.
  if (isOfOtherApplication(raw, application)) logUnguarded(context, describeSharedStrategy);
  if (sharesResults(context)) throw exceptionForUnguarded(context, describeSharing);
}

/** Whether a call belongs to a session. Its request may be another caller's: that of the caller who opened the session or called last. */
function isOfSession(context: ExecutionContext): boolean {
  const { transport, stateless } = mcpContextOf(context).getSession();
  return transport === 'streamable-http' && stateless !== true;
}

/** Whether clients may share results of the server, as far as the SDK shows it. */
function sharesResults(context: ExecutionContext): boolean {
  return publicResultsOfServer(mcpContextOf(context).mcpServer?.server).length > 0;
}

function describeStdio(className: string): string {
  return (
    `${className} is called over stdio, which has no access token, so its rules reject every call. Add @Public() to ` +
    'methods that may be called over stdio.'
  );
}

function describeSession(className: string): string {
  return (
    `${className} is called in a session of statefulMode, which is not bound to a user, so its calls are rejected. Remove statefulMode from ` +
    'StreamableHttpTransport.'
  );
}

function describeSharing(className: string): string {
  return (
    `${className} is served with public cacheHints, so its calls are rejected: clients could show one user's results to ` +
    "another. Set cacheScope: 'private' in the options of McpStrategy."
  );
}

function describeSharedStrategy(className: string): string {
  return (
    `${className} received a request to another application of this process, because both connect the same McpStrategy. ` +
    'Create the strategy and its transport in a function that each application calls.'
  );
}

function describeNoEndpoint(className: string): string {
  return (
    `${className} received a request that no guard has checked, so its calls are rejected. Serve it with a controller ` +
    'under @RequireMcpToken() that extends McpHttpControllerFor(transport).'
  );
}
