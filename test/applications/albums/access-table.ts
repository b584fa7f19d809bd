import type { AccessTable } from 'nestjs-propelauth/testing';

const ITS_PHOTO = 'photo of the caller or of the shared album';

/** Who may call which handler of the albums: none of them public. */
export const ALBUMS_TABLE: AccessTable = {
  'GET /photos': 'user or album key with scope photo.read or share link',
  'GET /photos/:id': `user or album key with scope photo.read or share link, ${ITS_PHOTO}, with photo`,
  'DELETE /photos/:id': `user or album key with scope photo.delete and photo.read, ${ITS_PHOTO}, with photo`,
  'GET /shared/:share': 'share link',
  'GET /shared/:share/photos/:id': `share link, ${ITS_PHOTO}, with photo`,
  'Query.photos': 'user or album key with scope photo.read',
  'Mutation.removePhoto': `user or album key with scope photo.delete and photo.read, ${ITS_PHOTO}`,
  'GET /health': 'exempt (HealthModule)',
};
