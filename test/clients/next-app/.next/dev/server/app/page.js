var R = require('../chunks/ssr/[turbopack]_runtime.js')('server/app/page.js');
R.c('server/chunks/ssr/node_modules_1lw15diva_n1m._.js');
R.c('server/chunks/ssr/[root-of-the-server]__0v2np-xus7rvx._.js');
R.c('server/chunks/ssr/node_modules_next_dist_esm_server_0tv59ssci6i6v._.js');
R.c('server/chunks/ssr/node_modules_next_dist_esm_shared_lib_0rwgfgpa-cexu._.js');
R.c('server/chunks/ssr/node_modules_next_dist_esm_lib_0i7_y587f5_nr._.js');
R.c('server/chunks/ssr/node_modules_next_dist_esm_1jknfn-_-id9j._.js');
R.c('server/chunks/ssr/node_modules_next_dist_compiled_00yj_1pr91zo-._.js');
R.c('server/chunks/ssr/node_modules_next_dist_server_route-modules_app-page_0qo_rmcihhsx5._.js');
R.c('server/chunks/ssr/[externals]__1422pp8atd_1r._.js');
R.c('server/chunks/ssr/_06-d8t8o7yer1._.js');
R.c('server/chunks/ssr/node_modules_next_dist_client_components_0wpq8j32_ibz4._.js');
R.c(
  'server/chunks/ssr/node_modules_next_dist_client_components_builtin_forbidden_0symwr9mbf-fh.js',
);
R.c(
  'server/chunks/ssr/node_modules_next_dist_client_components_builtin_unauthorized_0l_sp0xky89qu.js',
);
R.c(
  'server/chunks/ssr/node_modules_next_dist_client_components_builtin_global-error_0q-w892nagajq.js',
);
R.c('server/chunks/ssr/next-app__next-internal_server_app_page_actions_11myo0hgj_4gi.js');
R.m(
  '[project]/node_modules/next/dist/esm/build/templates/app-page.js?page=/page { MODULE_0 => "[project]/next-app/app/layout.jsx [app-rsc] (ecmascript, Next.js Server Component)", MODULE_1 => "[project]/node_modules/next/dist/client/components/builtin/not-found.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_2 => "[project]/node_modules/next/dist/client/components/builtin/forbidden.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_3 => "[project]/node_modules/next/dist/client/components/builtin/unauthorized.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_4 => "[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_5 => "[project]/next-app/app/page.jsx [app-rsc] (ecmascript, Next.js Server Component)" } [app-rsc] (ecmascript)',
);
module.exports = R.m(
  '[project]/node_modules/next/dist/esm/build/templates/app-page.js?page=/page { MODULE_0 => "[project]/next-app/app/layout.jsx [app-rsc] (ecmascript, Next.js Server Component)", MODULE_1 => "[project]/node_modules/next/dist/client/components/builtin/not-found.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_2 => "[project]/node_modules/next/dist/client/components/builtin/forbidden.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_3 => "[project]/node_modules/next/dist/client/components/builtin/unauthorized.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_4 => "[project]/node_modules/next/dist/client/components/builtin/global-error.js [app-rsc] (ecmascript, Next.js Server Component)", MODULE_5 => "[project]/next-app/app/page.jsx [app-rsc] (ecmascript, Next.js Server Component)" } [app-rsc] (ecmascript)',
).exports;
