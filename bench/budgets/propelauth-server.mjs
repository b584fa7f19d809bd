import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const PROPELAUTH = 'https://propelauth-api.com';
const ALICE = { user_id: 'alice', email: 'alice@example.com' };

/**
 * PropelAuth's side: says after a while whether it knows an API key. Only its address is replaced, and `questions` counts.
 *
 * @param isKnown which keys are good
 */
export async function startPropelAuth({ isKnown, milliseconds = 0 }) {
  const propelAuth = { questions: 0 };
  const server = createServer((request, response) => {
    propelAuth.questions++;
    void json(request).then(({ api_key_token: key }) => {
      const isGood = isKnown(key);
      const answer = () => {
        response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify(isGood ? { user: ALICE } : { api_key_token: ['Invalid API key'] }),
        );
      };
      setTimeout(answer, milliseconds);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${server.address().port}`;
  const realFetch = globalThis.fetch;
  globalThis.fetch = (/** @type {string | URL} */ url, init) =>
    realFetch(String(url).replace(PROPELAUTH, address), init);
  return propelAuth;
}
