import { Injectable } from '@nestjs/common';
import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Caller } from 'nestjs-propelauth';
import type { SharedAlbum } from './share-links.js';

@ObjectType()
export class Photo {
  @Field(() => ID)
  readonly id!: string;

  @Field()
  readonly album!: string;

  readonly ownerId!: string;
}

/** Stands for a table. A caller sees the photos that are theirs, or those of the album of the link. */
@Injectable()
export class Photos {
  readonly rows: readonly Photo[] = [
    { id: 'beach', album: 'holidays', ownerId: 'user-alice' },
    { id: 'desk', album: 'office', ownerId: 'user-alice' },
    { id: 'party', album: 'birthday', ownerId: 'user-bob' },
  ];

  visibleTo(caller: Caller): readonly Photo[] {
    return this.rows.filter((photo) => isVisible(photo, caller));
  }
}

export function isVisible({ album, ownerId }: Photo, { kind, userId, identity }: Caller): boolean {
  const isOfLink = (kind as string) === 'share-link';
  return isOfLink ? (identity as SharedAlbum).album === album : ownerId === userId;
}
