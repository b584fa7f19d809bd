module.exports = [
  '[externals]/crypto [external] (crypto, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('crypto', () => require('crypto'));

    module.exports = mod;
  },
  '[externals]/next/dist/compiled/@opentelemetry/api [external] (next/dist/compiled/@opentelemetry/api, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('next/dist/compiled/@opentelemetry/api', () =>
      require('next/dist/compiled/@opentelemetry/api'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/compiled/next-server/app-page-turbo.runtime.dev.js [external] (next/dist/compiled/next-server/app-page-turbo.runtime.dev.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/compiled/next-server/app-page-turbo.runtime.dev.js',
      () => require('next/dist/compiled/next-server/app-page-turbo.runtime.dev.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/compiled/next-server/app-route-turbo.runtime.dev.js [external] (next/dist/compiled/next-server/app-route-turbo.runtime.dev.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/compiled/next-server/app-route-turbo.runtime.dev.js',
      () => require('next/dist/compiled/next-server/app-route-turbo.runtime.dev.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/app-render/action-async-storage.external.js [external] (next/dist/server/app-render/action-async-storage.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/app-render/action-async-storage.external.js',
      () => require('next/dist/server/app-render/action-async-storage.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/app-render/after-task-async-storage.external.js [external] (next/dist/server/app-render/after-task-async-storage.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/app-render/after-task-async-storage.external.js',
      () => require('next/dist/server/app-render/after-task-async-storage.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/app-render/work-async-storage.external.js [external] (next/dist/server/app-render/work-async-storage.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/app-render/work-async-storage.external.js',
      () => require('next/dist/server/app-render/work-async-storage.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/app-render/work-unit-async-storage.external.js [external] (next/dist/server/app-render/work-unit-async-storage.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/app-render/work-unit-async-storage.external.js',
      () => require('next/dist/server/app-render/work-unit-async-storage.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/runtime-reacts.external.js [external] (next/dist/server/runtime-reacts.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('next/dist/server/runtime-reacts.external.js', () =>
      require('next/dist/server/runtime-reacts.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/shared/lib/no-fallback-error.external.js [external] (next/dist/shared/lib/no-fallback-error.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('next/dist/shared/lib/no-fallback-error.external.js', () =>
      require('next/dist/shared/lib/no-fallback-error.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/node:buffer [external] (node:buffer, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:buffer', () => require('node:buffer'));

    module.exports = mod;
  },
  '[externals]/node:crypto [external] (node:crypto, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:crypto', () => require('node:crypto'));

    module.exports = mod;
  },
  '[externals]/node:stream [external] (node:stream, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:stream', () => require('node:stream'));

    module.exports = mod;
  },
  '[externals]/node:util [external] (node:util, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:util', () => require('node:util'));

    module.exports = mod;
  },
  '[externals]/path [external] (path, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('path', () => require('path'));

    module.exports = mod;
  },
  '[project]/next-app/app/api/auth/[slug]/route.js [app-route] (ecmascript)',
  (__turbopack_context__) => {
    'use strict';

    __turbopack_context__.s(['GET', () => GET, 'POST', () => POST]);
    var __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$server$2f$app$2d$router$2f$index$2e$mjs__$5b$app$2d$route$5d$__$28$ecmascript$29$__ =
      __turbopack_context__.i(
        '[project]/node_modules/@propelauth/nextjs/dist/server/app-router/index.mjs [app-route] (ecmascript)',
      );
    const { getRouteHandlerAsync, postRouteHandlerAsync } = (0,
    __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$server$2f$app$2d$router$2f$index$2e$mjs__$5b$app$2d$route$5d$__$28$ecmascript$29$__[
      'getRouteHandlers'
    ])();
    const GET = getRouteHandlerAsync;
    const POST = postRouteHandlerAsync;
  },
];

//# sourceMappingURL=%5Broot-of-the-server%5D__2180g3zvgavyl._.js.map
