import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind } from 'nestjs-propelauth';

interface ScopedKey {
  readonly id: string;
  readonly ownerId: string;
  readonly scopes: readonly string[];
}

/** API keys of the application, each with the permissions that its owner ticked. */
@Injectable()
export class ScopedKeys implements CallerKind<ScopedKey> {
  readonly name = 'album-key';
  readonly credential = [{ header: 'x-album-key' }];
  private readonly keys = new Map<string, ScopedKey>([
    [hash('sha256', 'nothing'), { id: '0', ownerId: 'user-alice', scopes: [] }],
    [hash('sha256', 'reads'), { id: '1', ownerId: 'user-alice', scopes: ['photo.read'] }],
    [
      hash('sha256', 'all'),
      { id: '2', ownerId: 'user-alice', scopes: ['photo.read', 'photo.delete'] },
    ],
  ]);

  identify(key: string): ScopedKey | undefined {
    return this.keys.get(hash('sha256', key));
  }

  revoke(key: string): void {
    this.keys.delete(hash('sha256', key));
  }

  key({ id }: ScopedKey): string {
    return id;
  }

  userId({ ownerId }: ScopedKey): string {
    return ownerId;
  }

  scopes({ scopes }: ScopedKey): readonly string[] {
    return scopes;
  }
}
