module.exports = [
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
];
