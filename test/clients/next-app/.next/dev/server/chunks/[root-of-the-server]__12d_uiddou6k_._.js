module.exports = [
  '[externals]/crypto [external] (crypto, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('crypto', () => require('crypto'));

    module.exports = mod;
  },
  '[externals]/next/dist/build/adapter/setup-node-env.external.js [external] (next/dist/build/adapter/setup-node-env.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('next/dist/build/adapter/setup-node-env.external.js', () =>
      require('next/dist/build/adapter/setup-node-env.external.js'),
    );

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
  '[externals]/next/dist/server/lib/incremental-cache/memory-cache.external.js [external] (next/dist/server/lib/incremental-cache/memory-cache.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/lib/incremental-cache/memory-cache.external.js',
      () => require('next/dist/server/lib/incremental-cache/memory-cache.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/lib/incremental-cache/shared-cache-controls.external.js [external] (next/dist/server/lib/incremental-cache/shared-cache-controls.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/lib/incremental-cache/shared-cache-controls.external.js',
      () => require('next/dist/server/lib/incremental-cache/shared-cache-controls.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/lib/incremental-cache/tags-manifest.external.js [external] (next/dist/server/lib/incremental-cache/tags-manifest.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/lib/incremental-cache/tags-manifest.external.js',
      () => require('next/dist/server/lib/incremental-cache/tags-manifest.external.js'),
    );

    module.exports = mod;
  },
  '[externals]/next/dist/server/lib/router-utils/instrumentation-globals.external.js [external] (next/dist/server/lib/router-utils/instrumentation-globals.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/lib/router-utils/instrumentation-globals.external.js',
      () => require('next/dist/server/lib/router-utils/instrumentation-globals.external.js'),
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
  '[externals]/node:async_hooks [external] (node:async_hooks, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:async_hooks', () => require('node:async_hooks'));

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
  '[externals]/node:path [external] (node:path, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:path', () => require('node:path'));

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
  '[project]/next-app/proxy.js [middleware] (ecmascript)',
  (__turbopack_context__) => {
    'use strict';

    __turbopack_context__.s(['config', () => config, 'proxy', () => proxy]);
    var __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$server$2f$app$2d$router$2f$index$2e$mjs__$5b$middleware$5d$__$28$ecmascript$29$__ =
      __turbopack_context__.i(
        '[project]/node_modules/@propelauth/nextjs/dist/server/app-router/index.mjs [middleware] (ecmascript)',
      );
    const proxy =
      __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$server$2f$app$2d$router$2f$index$2e$mjs__$5b$middleware$5d$__$28$ecmascript$29$__[
        'authMiddleware'
      ];
    const config = {
      matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'],
    };
  },
];

//# sourceMappingURL=%5Broot-of-the-server%5D__12d_uiddou6k_._.js.map
