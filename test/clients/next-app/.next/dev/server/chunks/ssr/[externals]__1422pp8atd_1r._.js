module.exports = [
  '[externals]/crypto [external] (crypto, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('crypto', () => require('crypto'));

    module.exports = mod;
  },
  '[externals]/module [external] (module, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('module', () => require('module'));

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
  '[externals]/next/dist/server/app-render/dynamic-access-async-storage.external.js [external] (next/dist/server/app-render/dynamic-access-async-storage.external.js, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x(
      'next/dist/server/app-render/dynamic-access-async-storage.external.js',
      () => require('next/dist/server/app-render/dynamic-access-async-storage.external.js'),
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
  '[externals]/node:stream [external] (node:stream, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:stream', () => require('node:stream'));

    module.exports = mod;
  },
  '[externals]/node:zlib [external] (node:zlib, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('node:zlib', () => require('node:zlib'));

    module.exports = mod;
  },
  '[externals]/path [external] (path, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('path', () => require('path'));

    module.exports = mod;
  },
  '[externals]/util [external] (util, cjs)',
  (__turbopack_context__, module, exports) => {
    var mod = __turbopack_context__.x('util', () => require('util'));

    module.exports = mod;
  },
];
