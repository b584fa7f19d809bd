/** The page with the users. PropelAuth has no page at this path. */
export const USERS_PATH = '/';

// PropelAuth has no paths like these.
export const CHANGE_PATH = '/__emulator/change';
export const ICON_PATH = '/favicon.ico';
export const OUTBOX_PATH = '/__emulator/outbox';
export const REQUESTS_PATH = '/__emulator/requests';

/** What the users page shows, as its address says. Each is empty for nothing. */
export interface View {
  /** What is searched for. */
  readonly search: string;
  /** The id of the card that was changed last. */
  readonly changed: string;
  /** The id of the form that changed it, which stays open. */
  readonly panel: string;
}

export function addressOf(view: View): string {
  const url = new URL(USERS_PATH, 'http://localhost');
  for (const [name, value] of Object.entries(view)) {
    if (value !== '') url.searchParams.set(name, value);
  }
  url.hash = view.changed;
  return url.pathname + url.search + url.hash;
}
