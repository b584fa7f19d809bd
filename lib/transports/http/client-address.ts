/** What HTTP adapters and Node.js say of where a request comes from. */
interface AddressedRequest {
  /** Of Express and Fastify, which respect their option to trust proxies. */
  readonly ip?: unknown;
  readonly socket?: { readonly remoteAddress?: unknown } | null;
}

/** The address that a request comes from, as the application takes it: that of a client behind proxies which it trusts. */
export function addressOfRequest(request: object | undefined): string | undefined {
  const { ip, socket } = (request ?? {}) as AddressedRequest;
  const address = ip ?? socket?.remoteAddress;
  return typeof address === 'string' && address !== '' ? address : undefined;
}
