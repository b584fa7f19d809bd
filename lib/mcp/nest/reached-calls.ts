import type { ExecutionContext } from '@nestjs/common';
import {
  type Call,
  exceptionForUnguarded,
  isLetIn,
  mcpContextOf,
  rawRequestOf,
} from '../../extend.js';

/**
 * @param application an object that identifies the application of the guard
 * @throws an exception for a call whose request no guard of the application has let in, and for a call that may have come with the request
 * of another caller
 */
export function assertReached({ context, transport }: Call, application: object): void {
  if (transport !== 'mcp') return;
  const raw = rawRequestOf(context);
  if (raw === undefined) throw exceptionForUnguarded(context, describeStdio);
  if (isOfSession(context)) throw exceptionForUnguarded(context, describeSession);
  if (!isLetIn(raw, application)) throw exceptionForUnguarded(context, describeNoEndpoint);
}

/** Whether a call belongs to a session. Its request may be another caller's: that of the caller who opened the session or called last. */
function isOfSession(context: ExecutionContext): boolean {
  const { transport, stateless } = mcpContextOf(context).getSession();
  return transport === 'streamable-http' && stateless !== true;
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

function describeNoEndpoint(className: string): string {
  return (
    `${className} received a request that no guard of its application has let in, so its calls are rejected. Serve it with a controller ` +
    'under @RequireMcpToken() that extends McpHttpControllerFor(transport), and give each application a strategy and transport of its own.'
  );
}
