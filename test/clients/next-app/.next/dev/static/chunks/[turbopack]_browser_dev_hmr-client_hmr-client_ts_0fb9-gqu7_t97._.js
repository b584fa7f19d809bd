(globalThis['TURBOPACK'] || (globalThis['TURBOPACK'] = [])).push([
  typeof document === 'object' ? document.currentScript : undefined,
  '[turbopack]/browser/dev/hmr-client/hmr-client.ts [app-client] (ecmascript, async loader)',
  (__turbopack_context__) => {
    __turbopack_context__.v((parentImport) => {
      return Promise.all(
        ['static/chunks/[turbopack]_browser_dev_hmr-client_hmr-client_ts_1mojsayzyj2p6._.js'].map(
          (chunk) => __turbopack_context__.l(chunk),
        ),
      ).then(() => {
        return parentImport(
          '[turbopack]/browser/dev/hmr-client/hmr-client.ts [app-client] (ecmascript)',
        );
      });
    });
  },
]);
