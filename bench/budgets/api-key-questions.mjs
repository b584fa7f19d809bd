/** How often PropelAuth is asked about one API key for a GraphQL operation with 500 aliases, also with a header Upgrade. */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { announce, decorate, load, propelAuth, report } from './build-under-test.mjs';
import { aliasesOf, startGraphql } from './graphql-application.mjs';
import { startPropelAuth } from './propelauth-server.mjs';

const QUERIES = aliasesOf('script', 500);
const MUTATIONS = `mutation ${aliasesOf('change', 500)}`;
const UPGRADE = { upgrade: 'x' };

const { Mutation, Query, Resolver } = await load('@nestjs/graphql');

class ScriptResolver {
  script() {
    return 'ok';
  }

  change() {
    return 'ok';
  }
}
decorate(ScriptResolver, 'script', propelAuth.RequireApiKey(), Query('script'));
// One after the other, unlike queries.
decorate(ScriptResolver, 'change', propelAuth.RequireApiKey(), Mutation('change'));
Resolver()(ScriptResolver);

announce('questions about one API key');
const backend = await startPropelAuth({ isKnown: () => true });
const port = await startGraphql(
  'Apollo',
  'type Query { script: String } type Mutation { change: String }',
  [ScriptResolver],
);

report({
  'questions for 500 queries': await questionsFor(QUERIES, {}),
  'questions for 500 queries, with Upgrade: x': await questionsFor(QUERIES, UPGRADE),
  'questions for 500 mutations': await questionsFor(MUTATIONS, {}),
  'questions for 500 mutations, with Upgrade: x': await questionsFor(MUTATIONS, UPGRADE),
});

async function questionsFor(query, headers) {
  backend.questions = 0;
  const post = request({
    port,
    path: '/graphql',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'good',
      connection: 'close',
      ...headers,
    },
  });
  post.end(JSON.stringify({ query }));
  const [response] = await once(post, 'response');
  const answer = await text(response);
  if (!answer.includes('"a499":"ok"')) throw new Error(answer.slice(0, 200));
  return String(backend.questions);
}
