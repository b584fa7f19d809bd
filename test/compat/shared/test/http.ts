import type { INestApplication } from '@nestjs/common';
import { environment } from './issuer.js';

/** Has an application listen that knows the keys of the tokens made here. */
export async function listen(create: () => Promise<INestApplication>): Promise<INestApplication> {
  Object.assign(process.env, environment);
  const app = await create();
  await app.listen(0, '127.0.0.1');
  return app;
}

export async function get(
  app: INestApplication,
  path: string,
  token?: string,
  more: Record<string, string> = {},
) {
  const headers: Record<string, string> =
    token === undefined ? more : { ...more, authorization: `Bearer ${token}` };
  const response = await fetch((await app.getUrl()) + path, { headers });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: (await response.json()) as unknown,
  };
}
