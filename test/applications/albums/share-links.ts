import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind, CredentialPlace } from 'nestjs-propelauth';

export interface SharedAlbum {
  readonly album: string;
  readonly expiresAt: Date;
}

/** Links that let whoever has them see one album: `/shared/<secret>` and `/photos?share=<secret>`. */
@Injectable()
export class ShareLinks implements CallerKind<SharedAlbum> {
  readonly name = 'share-link';
  readonly credential: readonly CredentialPlace[] = [{ path: 'share' }, { query: 'share' }];
  private readonly albums = new Map<string, SharedAlbum>([
    [hash('sha256', 'open-sesame'), { album: 'holidays', expiresAt: new Date(8.64e15) }],
    [hash('sha256', 'too-late'), { album: 'holidays', expiresAt: new Date(0) }],
  ]);

  identify(secret: string): SharedAlbum | undefined {
    return this.albums.get(hash('sha256', secret));
  }

  /** Everybody who has the link is the same caller, so each address counts for itself. */
  key(): undefined {}

  expiresAt({ expiresAt }: SharedAlbum): Date {
    return expiresAt;
  }
}
