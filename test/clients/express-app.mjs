/* An application with PropelAuth's libraries for Express and Node.js. Under `exec`, it is the same as in production. */
import { initAuth } from '@propelauth/express';
import { initBaseAuth } from '@propelauth/node';
import express from 'express';

const settings = {
  authUrl: process.env.PROPELAUTH_AUTH_URL,
  apiKey: process.env.PROPELAUTH_API_KEY,
};
const auth = initAuth(settings);
const node = initBaseAuth(settings);

const app = express();
app.get('/me', auth.requireUser, (request, response) => {
  response.json({ email: request.user.email });
});
app.get('/orgs/:orgId', auth.requireUser, (request, response) => {
  response.json({ orgName: request.user.orgIdToOrgMemberInfo[request.params.orgId]?.orgName });
});
app.get('/key', (request, response, next) => {
  node
    .validateApiKey(request.headers['x-api-key'])
    .then(({ user }) => response.json({ email: user?.email }))
    .catch(() => response.status(401).end())
    .catch(next);
});
app.post('/users', (_request, response, next) => {
  auth
    .createUser({ email: 'new@example.com', emailConfirmed: true })
    .then(({ userId }) => node.fetchUserMetadataByUserId(userId))
    .then((user) => response.json({ email: user.email }))
    .catch(next);
});
app.post('/keys/:userId', (request, response, next) => {
  node
    .createApiKey({ userId: request.params.userId })
    .then(({ apiKeyToken }) => response.json({ apiKeyToken }))
    .catch(next);
});
app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('The application is ready'));
