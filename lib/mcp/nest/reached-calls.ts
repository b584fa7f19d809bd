import type { ExecutionContext } from '@nestjs/common';
import { endpointRequestOf, isOfOtherApplication } from '../../transports/mcp/endpoint-requests.js';
import {
  isMcpCall,
  isOfSession,
  rawRequestOf,
  sharesResults,
} from '../../transports/mcp/mcp-call.js';
import { exceptionForUnguarded, logUnguarded } from '../../rejections/unguarded-calls.js';

/**
 * @param application what stands for the application whose guard asks
 * @throws an exception for a call whose request no guard has seen, and for one that may have come with another caller's
 */
export function assertReached(context: ExecutionContext, application: object): void {
  if (!isMcpCall(context)) return;
  const raw = rawRequestOf(context);
  if (raw === undefined) throw exceptionForUnguarded(context, describeStdio);
  if (isOfSession(context)) throw exceptionForUnguarded(context, describeSession);
  if (endpointRequestOf(raw) === undefined)
    throw exceptionForUnguarded(context, describeNoEndpoint);
  // The rules of this application still decide, about a caller whom its PropelAuth may not know.
  if (isOfOtherApplication(raw, application)) logUnguarded(context, describeSharedStrategy);
  if (sharesResults(context)) throw exceptionForUnguarded(context, describeSharing);
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
