import { Injectable } from '@nestjs/common';
import { fromInput, type ResourceCall, type ResourceLoader } from 'nestjs-propelauth';

export interface ShareLink {
  readonly id: string;
  readonly orgId: string;
  readonly documentId: string;
  readonly expiresAt: Date;
  readonly passwordHash: string | null;
}

/** Instead of a table. */
@Injectable()
export class ShareLinks {
  readonly rows = new Map<string, ShareLink>();
}

@Injectable()
export class ShareLinkLoader implements ResourceLoader<ShareLink> {
  readonly name = 'share-link';
  readonly id = fromInput('linkId');

  constructor(private readonly links: ShareLinks) {}

  load(_call: ResourceCall, id: string) {
    return this.links.rows.get(id);
  }
}
