var R = require('./chunks/[turbopack]_runtime.js')('server/middleware.js');
R.c('server/chunks/node_modules_next_1gddt5h1z6ec_._.js');
R.c('server/chunks/node_modules_0uvavued8tl5_._.js');
R.c('server/chunks/[root-of-the-server]__12d_uiddou6k_._.js');
R.m(
  '[project]/node_modules/next/dist/esm/build/templates/middleware.js { INNER_MIDDLEWARE_MODULE => "[project]/next-app/proxy.js [middleware] (ecmascript)" } [middleware] (ecmascript)',
);
module.exports = R.m(
  '[project]/node_modules/next/dist/esm/build/templates/middleware.js { INNER_MIDDLEWARE_MODULE => "[project]/next-app/proxy.js [middleware] (ecmascript)" } [middleware] (ecmascript)',
).exports;
