import { GRAPHQL_ERROR } from '../advice.js';
import type { ApplicationServer, ServerResponse } from '../http/application-server.js';
import type { OperationDocument } from './operation-document.js';
import type { SentHeaders } from '../sent-headers.js';

/** The used fields of an error in a response. */
interface ResponseError {
  readonly message?: string;
  readonly extensions?: { readonly originalError?: { readonly statusCode?: number } };
}

/**
 * Sends an operation to an endpoint.
 *
 * @returns the response in words, such as `a GraphQL error (Forbidden resource)`, with the status of its first error if it has one;
 * `undefined` without a response in time
 */
export async function sendOperation(
  server: ApplicationServer,
  path: string,
  document: OperationDocument,
  headers: SentHeaders,
): Promise<string | undefined> {
  const response = await server.exchange({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(document),
  });
  if (response === undefined) return undefined;
  const error = firstErrorIn(response.body);
  if (error === undefined) return response.status;
  const { statusCode } = error.extensions?.originalError ?? {};
  return `${statusCode ?? statusInWords(response)} (${error.message})`;
}

/** The status of a response with an error. Status 200 says nothing here. */
function statusInWords({ status }: ServerResponse): string {
  return status.startsWith('200') ? GRAPHQL_ERROR : status;
}

function firstErrorIn(body: string): ResponseError | undefined {
  try {
    return (JSON.parse(body) as { errors?: ResponseError[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
