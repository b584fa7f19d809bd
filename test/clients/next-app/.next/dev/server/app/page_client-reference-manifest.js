globalThis.__RSC_MANIFEST = globalThis.__RSC_MANIFEST || {};
globalThis.__RSC_MANIFEST['/page'] = {
  moduleLoading: { prefix: '' },
  clientModules: {
    '[project]/node_modules/next/dist/esm/client/components/layout-router.js': {
      id: '[project]/node_modules/next/dist/client/components/layout-router.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/client/components/render-from-template-context.js': {
      id: '[project]/node_modules/next/dist/client/components/render-from-template-context.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/client/components/client-page.js': {
      id: '[project]/node_modules/next/dist/client/components/client-page.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/client/components/client-segment.js': {
      id: '[project]/node_modules/next/dist/client/components/client-segment.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/client/components/http-access-fallback/error-boundary.js':
      {
        id: '[project]/node_modules/next/dist/client/components/http-access-fallback/error-boundary.js [app-client] (ecmascript)',
        name: '*',
        chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
        async: false,
      },
    '[project]/node_modules/next/dist/esm/lib/framework/boundary-components.js': {
      id: '[project]/node_modules/next/dist/lib/framework/boundary-components.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/lib/metadata/generate/icon-mark.js': {
      id: '[project]/node_modules/next/dist/lib/metadata/generate/icon-mark.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/esm/next-devtools/userspace/app/segment-explorer-node.js': {
      id: '[project]/node_modules/next/dist/next-devtools/userspace/app/segment-explorer-node.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs': {
      id: '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/node_modules/next/dist/client/components/builtin/global-error.js': {
      id: '[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-client] (ecmascript)',
      name: '*',
      chunks: ['/_next/static/chunks/node_modules_15lugd7vienc-._.js'],
      async: false,
    },
    '[project]/next-app/app/account.jsx': {
      id: '[project]/next-app/app/account.jsx [app-client] (ecmascript)',
      name: '*',
      chunks: [
        '/_next/static/chunks/node_modules_15lugd7vienc-._.js',
        '/_next/static/chunks/_19uk0soktv_nt._.js',
      ],
      async: false,
    },
  },
  ssrModuleMapping: {
    '[project]/node_modules/next/dist/client/components/layout-router.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/layout-router.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/render-from-template-context.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/render-from-template-context.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/client-page.js [app-client] (ecmascript)': {
      '*': {
        id: '[project]/node_modules/next/dist/esm/client/components/client-page.js [app-ssr] (ecmascript)',
        name: '*',
        chunks: [
          'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
          'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
          'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
          'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
          'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
        ],
        async: false,
      },
    },
    '[project]/node_modules/next/dist/client/components/client-segment.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/client-segment.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/http-access-fallback/error-boundary.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/http-access-fallback/error-boundary.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/lib/framework/boundary-components.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/lib/framework/boundary-components.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/lib/metadata/generate/icon-mark.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/lib/metadata/generate/icon-mark.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/next-devtools/userspace/app/segment-explorer-node.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/next-devtools/userspace/app/segment-explorer-node.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          ],
          async: false,
        },
      },
    '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-client] (ecmascript)': {
      '*': {
        id: '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-ssr] (ecmascript)',
        name: '*',
        chunks: [
          'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
          'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
          'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
          'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
          'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
        ],
        async: false,
      },
    },
    '[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-ssr] (ecmascript)',
          name: '*',
          chunks: [
            'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
            'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
            'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
            'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
            'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
            'server/chunks/ssr/node_modules_0h91jdk0pr40d._.js',
          ],
          async: false,
        },
      },
    '[project]/next-app/app/account.jsx [app-client] (ecmascript)': {
      '*': {
        id: '[project]/next-app/app/account.jsx [app-ssr] (ecmascript)',
        name: '*',
        chunks: [
          'server/chunks/ssr/node_modules_next_dist_esm_0dzg3t16-d7fy._.js',
          'server/chunks/ssr/node_modules_next_dist_0rjt9n68czcl9._.js',
          'server/chunks/ssr/node_modules_next_navigation_0frorwwrai-2z.js',
          'server/chunks/ssr/node_modules_0eswvlr9w-ho3._.js',
          'server/chunks/ssr/[externals]_next_dist_0oym6jn7-ndxr._.js',
          'server/chunks/ssr/_1-64zi7ee55s1._.js',
        ],
        async: false,
      },
    },
  },
  edgeSSRModuleMapping: {},
  rscModuleMapping: {
    '[project]/node_modules/next/dist/client/components/layout-router.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/layout-router.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/render-from-template-context.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/render-from-template-context.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/client-page.js [app-client] (ecmascript)': {
      '*': {
        id: '[project]/node_modules/next/dist/esm/client/components/client-page.js [app-rsc] (client reference proxy)',
        name: '*',
        chunks: [],
        async: false,
      },
    },
    '[project]/node_modules/next/dist/client/components/client-segment.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/client-segment.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/client/components/http-access-fallback/error-boundary.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/client/components/http-access-fallback/error-boundary.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/lib/framework/boundary-components.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/lib/framework/boundary-components.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/lib/metadata/generate/icon-mark.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/lib/metadata/generate/icon-mark.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/next/dist/next-devtools/userspace/app/segment-explorer-node.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/esm/next-devtools/userspace/app/segment-explorer-node.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-client] (ecmascript)': {
      '*': {
        id: '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-rsc] (client reference proxy)',
        name: '*',
        chunks: [],
        async: false,
      },
    },
    '[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-client] (ecmascript)':
      {
        '*': {
          id: '[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-rsc] (client reference proxy)',
          name: '*',
          chunks: [],
          async: false,
        },
      },
    '[project]/next-app/app/account.jsx [app-client] (ecmascript)': {
      '*': {
        id: '[project]/next-app/app/account.jsx [app-rsc] (client reference proxy)',
        name: '*',
        chunks: [],
        async: false,
      },
    },
  },
  edgeRscModuleMapping: {},
  entryCSSFiles: {
    '[project]/next-app/app/layout': [],
    '[project]/node_modules/next/dist/client/components/builtin/global-error': [],
    '[project]/next-app/app/page': [],
  },
  entryJSFiles: {
    '[project]/next-app/app/layout': ['static/chunks/node_modules_15lugd7vienc-._.js'],
    '[project]/node_modules/next/dist/client/components/builtin/global-error': [
      'static/chunks/node_modules_15lugd7vienc-._.js',
    ],
    '[project]/next-app/app/page': [
      'static/chunks/node_modules_15lugd7vienc-._.js',
      'static/chunks/_19uk0soktv_nt._.js',
    ],
  },
};
