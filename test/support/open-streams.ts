import type { OpenStreams } from '../../lib/transports/open-streams.js';

/** How many streams are open. Only tests ask. */
export function countOf(streams: OpenStreams): number {
  return streams['all']().length;
}
