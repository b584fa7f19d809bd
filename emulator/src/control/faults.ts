import { Hono, type Context } from 'hono';
import { smallBody } from '../access/small-body.js';
import type { Core } from '../core.js';
import { EmulatorError } from '../emulator.error.js';
import { isDeeperThan, isJsonObject, MAXIMUM_DEPTH, type JsonObject } from '../json-object.js';

/** Makes calls fail, as {@link Emulator.fail} does. */
export function faults({ recorder }: Core): Hono {
  const app = new Hono();
  app.post('/', smallBody, async (context) => {
    try {
      const { name, ...fields } = await readBody(context);
      recorder.fail(name, fields);
      return context.body(null, 204);
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      return context.json({ error: error.message }, 400);
    }
  });
  app.delete('/', (context) => {
    recorder.endFailures();
    return context.body(null, 204);
  });
  return app;
}

async function readBody(context: Context): Promise<JsonObject> {
  const body = await context.req.json<unknown>().catch(() => undefined);
  if (isDeeperThan(MAXIMUM_DEPTH, body)) {
    throw new EmulatorError(`The body is nested more than ${MAXIMUM_DEPTH} levels deep.`);
  }
  if (isJsonObject(body)) return body;
  throw new EmulatorError(
    'The body is not a JSON object. Send one such as {"name":"validateApiKey","status":503,"times":1}.',
  );
}
