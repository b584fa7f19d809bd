import type { INestApplication } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { PropelAuthService } from 'nestjs-propelauth';

/** Requires an access token for these paths and everything below them. For Express. */
export function requireUserOn(app: INestApplication, paths: string[]) {
  const propelAuth = app.get(PropelAuthService);
  app.use(paths, async (request: Request, _response: Response, next: NextFunction) => {
    await propelAuth.validateAuthorizationHeader(request.headers.authorization);
    next();
  });
}
