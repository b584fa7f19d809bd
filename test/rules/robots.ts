import { Injectable } from '@nestjs/common';
import type { CallerKind } from 'nestjs-propelauth';

/** Robots of the application, which are in no organization. */
@Injectable()
export class Robots implements CallerKind<{ id: string }> {
  readonly name = 'robot';
  readonly credential = [{ header: 'x-robot' }];

  identify(id: string) {
    return { id };
  }

  key({ id }: { id: string }) {
    return id;
  }

  scopes() {
    return ['reports:read'];
  }
}
