import type { ApplicationServer } from '../http/application-server.js';
import type { OperationDocument } from './operation-document.js';
import type { RequestHeaders } from '../credential-headers.js';

/** As much of an error of a response as tells what happened. */
interface ResponseError {
  readonly message?: string;
  readonly extensions?: { readonly originalError?: { readonly statusCode?: number } };
}

/**
 * Sends an operation to an endpoint.
 *
 * @returns the response in words, such as `200 OK (Forbidden resource)`, with the status of its first error where that has one;
 * `undefined` without an answer in time
 */
export async function sendOperation(
  server: ApplicationServer,
  path: string,
  document: OperationDocument,
  headers: RequestHeaders,
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
  return `${error.extensions?.originalError?.statusCode ?? response.status} (${error.message})`;
}

function firstErrorIn(body: string): ResponseError | undefined {
  try {
    return (JSON.parse(body) as { errors?: ResponseError[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
