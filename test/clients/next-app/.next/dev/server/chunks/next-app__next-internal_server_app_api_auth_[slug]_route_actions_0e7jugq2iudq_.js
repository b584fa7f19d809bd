module.exports = [
  '[project]/next-app/.next-internal/server/app/api/auth/[slug]/route/actions.js [app-rsc] (server actions loader, ecmascript)',
  (__turbopack_context__) => {
    'use strict';

    __turbopack_context__.s([]);
  },
];

//# sourceMappingURL=next-app__next-internal_server_app_api_auth_%5Bslug%5D_route_actions_0e7jugq2iudq_.js.map
