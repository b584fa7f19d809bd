import { bodyLimit } from 'hono/body-limit';

/** More than any form, and any request of an OAuth client, has. */
const MAXIMUM_BYTES = 16_384;

/** A middleware that rejects larger bodies, as OAuth rejects requests. */
export const smallBody = bodyLimit({
  maxSize: MAXIMUM_BYTES,
  onError: (context) => {
    const reason = `The body has more than ${MAXIMUM_BYTES} bytes.`;
    return context.json({ error: 'invalid_request', error_description: reason }, 413);
  },
});
