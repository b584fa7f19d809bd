import { createReportsApplication } from './reports-application.mjs';

/** Nothing looks at the request. */
export function createApplication() {
  return createReportsApplication();
}
