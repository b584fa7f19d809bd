module.exports = [
  '[project]/next-app/.next-internal/server/app/page/actions.js [app-rsc] (server actions loader, ecmascript)',
  (__turbopack_context__) => {
    'use strict';

    __turbopack_context__.s([]);
  },
];

//# sourceMappingURL=next-app__next-internal_server_app_page_actions_11myo0hgj_4gi.js.map
