import type { NextConfig } from 'next';

export default {
  experimental: { authInterrupts: true }, // forbidden()
  // The browser reaches the API at the web application's own origin, so no CORS is needed.
  rewrites: async () => [
    { source: '/backend/:path*', destination: `${process.env.API_URL}/:path*` },
  ],
} satisfies NextConfig;
