/** Refreshes an expired access token before a page is rendered. */
export { authMiddleware as proxy } from '@propelauth/nextjs/server/app-router';

export const config = { matcher: ['/((?!_next/static|_next/image|backend/|favicon.ico).*)'] };
