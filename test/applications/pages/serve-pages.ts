import type { NestExpressApplication } from '@nestjs/platform-express';

export function servePages(app: NestExpressApplication) {
  app.setViewEngine('hbs');
  app.setBaseViewsDir('views'); // views/dashboard.hbs: <h1>{{email}}</h1>
  app.useStaticAssets('node_modules/@propelauth/javascript/dist', { prefix: '/propelauth/' });
}
