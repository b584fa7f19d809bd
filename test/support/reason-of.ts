import { Rejection } from '../../lib/rejections/rejection.js';

/** The reason of the rejection that a check throws; `undefined` if it throws none. */
export function reasonOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.reason;
    throw error;
  }
}
