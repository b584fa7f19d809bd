import { authMiddleware } from '@propelauth/nextjs/server/app-router';

export const proxy = authMiddleware;

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] };
