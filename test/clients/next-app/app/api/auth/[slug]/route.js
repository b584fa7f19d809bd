import { getRouteHandlers } from '@propelauth/nextjs/server/app-router';

const { getRouteHandlerAsync, postRouteHandlerAsync } = getRouteHandlers();
export const GET = getRouteHandlerAsync;
export const POST = postRouteHandlerAsync;
