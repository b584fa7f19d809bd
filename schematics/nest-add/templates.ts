import { WEBHOOK_PATH } from './added-classes.js';
import { importPath } from './project.js';
import type { Project } from './project.js';

/** The port of the Nest CLI's main.ts. */
export const PORT = 'process.env.PORT ?? 3000';

/** The call that sets up a PropelAuth project. */
export function propelAuthModule({ hasConfigModule }: Project, hasWebhooks: boolean): string {
  const value = (name: string) =>
    hasConfigModule ? `config.get('${name}', '')` : `process.env.${name}!`;
  const webhooks = `
webhooks: {
  secret: ${value('PROPELAUTH_WEBHOOK_SECRET')},
  path: '${WEBHOOK_PATH}',
},`;
  const options = `authUrl: ${value('PROPELAUTH_AUTH_URL')},
apiKey: ${value('PROPELAUTH_API_KEY')},${hasWebhooks ? webhooks : ''}`;
  if (!hasConfigModule) return `PropelAuthModule.forRoot({\n  ${indent(options, 2)}\n})`;
  return `PropelAuthModule.forRootAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    ${indent(options, 4)}
  }),
})`;
}

/** The module of the application with PropelAuthModule. */
export function rootModule(project: Project, path: string, hasWebhooks: boolean): string {
  const { appModule, hasConfigModule } = project;
  const config = "import { ConfigModule, ConfigService } from '@nestjs/config';\n";
  return `import { Module } from '@nestjs/common';
${hasConfigModule ? config : ''}import { PropelAuthModule } from 'nestjs-propelauth';
import { ${appModule.name} } from '${importPath(path, appModule.path, project)}';

/** The application with your PropelAuth project. In main.local.ts, local users replace it. */
@Module({
  imports: [
    ${indent(propelAuthModule(project, hasWebhooks), 4)},
    ${appModule.name},
  ],
})
export class RootModule {}
`;
}

/** The root of the development entry. */
export function localAppModule(appModule: string, hasWebhooks: boolean): string {
  const webhooks = `\n      webhooks: { path: '${WEBHOOK_PATH}' },`;
  return `/** The application with local users instead of PropelAuth. Production never imports this file. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      enabled: true,
      origin: \`http://localhost:\${${PORT}}\`,${hasWebhooks ? webhooks : ''}
    }),
    ${appModule},
  ],
})
class LocalAppModule {}`;
}

export function swagger(title: string): string {
  return `import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';

/** Serves Swagger UI at /docs. The guard does not protect it. */
export function setUpSwagger(app: INestApplication) {
  const config = new DocumentBuilder().setTitle('${title}').build();
  const document = PropelAuthSwagger.createDocument(app, config);
  PropelAuthSwagger.setup('docs', app, document);
}
`;
}

function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`).replaceAll(/^ +$/gm, '');
}
