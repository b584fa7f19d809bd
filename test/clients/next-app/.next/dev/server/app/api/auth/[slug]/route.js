var R=require("../../../../chunks/[turbopack]_runtime.js")("server/app/api/auth/[slug]/route.js")
R.c("server/chunks/node_modules_1__4nqm3rxh29._.js")
R.c("server/chunks/[root-of-the-server]__2180g3zvgavyl._.js")
R.c("server/chunks/next-app__next-internal_server_app_api_auth_[slug]_route_actions_0e7jugq2iudq_.js")
R.m("[project]/node_modules/next/dist/esm/build/templates/app-route.js { INNER_APP_ROUTE => \"[project]/next-app/app/api/auth/[slug]/route.js [app-route] (ecmascript)\" } [app-route] (ecmascript)")
module.exports=R.m("[project]/node_modules/next/dist/esm/build/templates/app-route.js { INNER_APP_ROUTE => \"[project]/next-app/app/api/auth/[slug]/route.js [app-route] (ecmascript)\" } [app-route] (ecmascript)").exports
