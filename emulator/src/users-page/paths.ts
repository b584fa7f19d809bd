/** The page with the users. PropelAuth has no page at this path. */
export const USERS_PATH = '/';

// PropelAuth has no paths like these.
export const ACCESS_TOKEN_PATH = '/__emulator/access-token';
export const STEP_UP_GRANT_PATH = '/__emulator/step-up-grant';
export const CHANGE_PATH = '/__emulator/change';

/** The page with the users, as searched. */
export function usersPageAddress(search: string): string {
  return search === '' ? USERS_PATH : `${USERS_PATH}?${new URLSearchParams({ search }).toString()}`;
}
