import type { AccessTable } from 'nestjs-propelauth/testing';

/** Who may call which handler of the albums: none of them public. */
export const ALBUMS_TABLE: AccessTable = {
  'GET /photos': 'user or album key with scope photo.read or share link',
  'GET /photos/:id': 'user or album key with scope photo.read or share link',
  'DELETE /photos/:id': 'user or album key with scope photo.delete and photo.read',
  'GET /shared/:share': 'share link',
  'GET /shared/:share/photos/:id': 'share link',
  'Query.photos': 'user or album key with scope photo.read',
  'Mutation.removePhoto': 'user or album key with scope photo.delete and photo.read',
  'GET /health': 'exempt (HealthModule)',
};
