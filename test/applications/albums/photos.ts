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
  private rows: readonly Photo[] = [
    { id: 'beach', album: 'holidays', ownerId: 'user-alice' },
    { id: 'desk', album: 'office', ownerId: 'user-alice' },
    { id: 'party', album: 'birthday', ownerId: 'user-bob' },
  ];

  visibleTo({ kind, userId, identity }: Caller): readonly Photo[] {
    if ((kind as string) === 'share-link') {
      const { album } = identity as SharedAlbum;
      return this.rows.filter((photo) => photo.album === album);
    }
    return userId === undefined ? [] : this.rows.filter(({ ownerId }) => ownerId === userId);
  }

  find(id: string, caller: Caller): Photo | undefined {
    return this.visibleTo(caller).find((photo) => photo.id === id);
  }
}
