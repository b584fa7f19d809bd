/** The commands that use an emulator: it ends with the last of them. */
export class Leases {
  /** Resolves once the last lease has been released. */
  readonly ended: Promise<void>;
  readonly #held = new Set<object>();
  #end!: () => void;
  #hasEnded = false;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @returns what releases the lease; calling it again has no effect */
  take(): () => void {
    const lease = {};
    this.#held.add(lease);
    return () => {
      this.#held.delete(lease);
      if (this.#held.size > 0) return;
      this.#hasEnded = true;
      this.#end();
    };
  }
}

/** A response that lasts as long as the lease: the client releases it by closing the connection, and loses it when the emulator ends. */
export function leaseResponse(leases: Leases): Response {
  if (leases.hasEnded) return Response.json({ error: 'The emulator ends' }, { status: 503 });
  return new Response(new ReadableStream({ start: sendHeaders, cancel: leases.take() }));
}

/** They are sent with the first bytes. */
function sendHeaders(controller: ReadableStreamDefaultController<Uint8Array>): void {
  controller.enqueue(Uint8Array.of(10));
}
