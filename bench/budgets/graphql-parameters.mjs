/** How long a client of graphql-ws keeps the process busy by its connection parameters, with a field that is asked for 400 times. */
import { once } from 'node:events';
import { median } from '../statistics.mjs';
import {
  announce,
  decorate,
  issuer,
  load,
  propelAuth,
  report,
  scenarioArguments,
} from './build-under-test.mjs';
import { aliasesOf, startGraphql } from './graphql-application.mjs';

const { UseGuards } = await load('@nestjs/common');
const { GqlExecutionContext, Query, Resolver } = await load('@nestjs/graphql');
const { WebSocket } = await load('ws');

const ALIASES = 400;
const ROUNDS = 60;
/** As many parameters as a message may have: Mercurius takes one of a megabyte at most. */
const MEGABYTES = { Apollo: 4.6, Mercurius: 0.85 };

/** As one writes it by hand. It verifies nothing: a guard can hardly cost less. */
const byHand = {
  canActivate(context) {
    const { req, _connectionInit } = GqlExecutionContext.create(context).getContext();
    const { authorization } = _connectionInit ?? req.connectionParams;
    return authorization.startsWith('Bearer ');
  },
};

class MeResolver {
  guarded() {
    return 'me';
  }

  handGuarded() {
    return 'me';
  }
}
decorate(MeResolver, 'guarded', propelAuth.RequireUser(), Query('guarded'));
decorate(MeResolver, 'handGuarded', UseGuards(byHand), Query('handGuarded'));
Resolver()(MeResolver);

const [driver] = scenarioArguments;
const size = `${MEGABYTES[driver]} MB of connection parameters and 400 aliases, ${driver}`;
announce(size);
const port = await startGraphql(driver, 'type Query { guarded: String handGuarded: String }', [
  MeResolver,
]);

const huge = await connect(parametersOf(MEGABYTES[driver] * 1_000_000));
const start = performance.now();
await huge.ask(aliasesOf('guarded', ALIASES));
const hugeSeconds = (performance.now() - start) / 1000;

const [token] = await issuer.accessTokens(1);
const client = await connect({ authorization: `Bearer ${token}` });
const ratios = [];
for (let round = 0; round < ROUNDS; round++) {
  const ours = await millisecondsOf(client, 'guarded');
  const others = await millisecondsOf(client, 'handGuarded');
  ratios.push(ours / others);
}
report({
  [size]: `${hugeSeconds.toFixed(2)} s`,
  [`400 aliases, beside a guard by hand, ${driver}`]: `${median(ratios.slice(ROUNDS / 3)).toFixed(2)} times`,
});

async function millisecondsOf({ ask }, field) {
  const before = performance.now();
  const answer = await ask(aliasesOf(field, ALIASES));
  if (!answer.includes('"a399":"me"')) throw new Error(answer.slice(0, 200));
  return performance.now() - before;
}

/** Opens a connection with these parameters; `ask` returns the first answer to an operation. */
async function connect(payload) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  const closed = once(socket, 'close');
  let id = 0;
  return {
    async ask(query) {
      const answered = new Promise((resolve) => {
        const texts = [];
        socket.onmessage = ({ data }) => {
          texts.push(data);
          if (/"type":"(complete|error)"/.test(data)) resolve(texts[0]);
        };
      });
      socket.send(JSON.stringify({ id: `${++id}`, type: 'subscribe', payload: { query } }));
      return Promise.race([answered, closed]);
    },
  };
}

function parametersOf(bytes) {
  const names = Array.from({ length: bytes / 12 }, (_, index) => [`p${index}`, 1]);
  return Object.fromEntries(names);
}
