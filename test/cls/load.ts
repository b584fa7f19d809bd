/** How many interleaved requests look for their caller. */
export const REQUESTS = 10_000;
