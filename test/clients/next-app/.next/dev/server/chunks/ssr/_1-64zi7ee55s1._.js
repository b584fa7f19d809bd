module.exports = [
  '[project]/next-app/app/account.jsx [app-ssr] (ecmascript)',
  (__turbopack_context__) => {
    'use strict';

    __turbopack_context__.s(['Account', () => Account]);
    var __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__ =
      __turbopack_context__.i(
        '[project]/node_modules/next/dist/server/route-modules/app-page/vendored/ssr/react-jsx-dev-runtime.js [app-ssr] (ecmascript)',
      );
    var __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$client$2f$index$2e$mjs__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__ =
      __turbopack_context__.i(
        '[project]/node_modules/@propelauth/nextjs/dist/client/index.mjs [app-ssr] (ecmascript)',
      );
    var __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$navigation$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__ =
      __turbopack_context__.i('[project]/node_modules/next/navigation.js [app-ssr] (ecmascript)');
    ('use client');
    function Account() {
      const { loading, user, setActiveOrg } = (0,
      __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$client$2f$index$2e$mjs__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
        'useUser'
      ])();
      const logout = (0,
      __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f40$propelauth$2f$nextjs$2f$dist$2f$client$2f$index$2e$mjs__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
        'useLogoutFunction'
      ])();
      const router = (0,
      __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$navigation$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
        'useRouter'
      ])();
      if (loading || !user)
        return /*#__PURE__*/ (0,
        __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
          'jsxDEV'
        ])(
          'p',
          {
            children: 'Loading',
          },
          void 0,
          false,
          {
            fileName: '[project]/next-app/app/account.jsx',
            lineNumber: 10,
            columnNumber: 32,
          },
          this,
        );
      const switchTo = async (orgId) => {
        await setActiveOrg(orgId);
        router.refresh();
      };
      return /*#__PURE__*/ (0,
      __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
        'jsxDEV'
      ])(
        'section',
        {
          children: [
            /*#__PURE__*/ (0,
            __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
              'jsxDEV'
            ])(
              'p',
              {
                children: ['The browser sees ', user.email, '.'],
              },
              void 0,
              true,
              {
                fileName: '[project]/next-app/app/account.jsx',
                lineNumber: 17,
                columnNumber: 7,
              },
              this,
            ),
            user.getOrgs().map(({ orgId, orgName }) =>
              /*#__PURE__*/ (0,
              __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
                'jsxDEV'
              ])(
                'button',
                {
                  onClick: () => void switchTo(orgId),
                  children: ['Switch to ', orgName],
                },
                orgId,
                true,
                {
                  fileName: '[project]/next-app/app/account.jsx',
                  lineNumber: 19,
                  columnNumber: 9,
                },
                this,
              ),
            ),
            /*#__PURE__*/ (0,
            __TURBOPACK__imported__module__$5b$project$5d2f$node_modules$2f$next$2f$dist$2f$server$2f$route$2d$modules$2f$app$2d$page$2f$vendored$2f$ssr$2f$react$2d$jsx$2d$dev$2d$runtime$2e$js__$5b$app$2d$ssr$5d$__$28$ecmascript$29$__[
              'jsxDEV'
            ])(
              'button',
              {
                onClick: () => void logout(),
                children: 'Sign out',
              },
              void 0,
              false,
              {
                fileName: '[project]/next-app/app/account.jsx',
                lineNumber: 23,
                columnNumber: 7,
              },
              this,
            ),
          ],
        },
        void 0,
        true,
        {
          fileName: '[project]/next-app/app/account.jsx',
          lineNumber: 16,
          columnNumber: 5,
        },
        this,
      );
    }
  },
  '[project]/node_modules/next/dist/server/route-modules/app-page/vendored/ssr/react-jsx-dev-runtime.js [app-ssr] (ecmascript)',
  (__turbopack_context__, module, exports) => {
    'use strict';

    module.exports = __turbopack_context__.r(
      '[project]/node_modules/next/dist/server/route-modules/app-page/module.compiled.js [app-ssr] (ecmascript)',
    ).vendored['react-ssr'].ReactJsxDevRuntime;
  },
];

//# sourceMappingURL=_1-64zi7ee55s1._.js.map
