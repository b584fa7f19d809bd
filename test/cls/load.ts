/** How many interleaved requests look for their caller in the thorough run. */
export const REQUESTS = 10_000;
