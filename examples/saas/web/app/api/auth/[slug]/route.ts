import { getRouteHandlers } from '@propelauth/nextjs/server/app-router';

export const { getRouteHandlerAsync: GET, postRouteHandlerAsync: POST } = getRouteHandlers();
