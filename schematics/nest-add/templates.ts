import { WEBHOOK_PATH } from './added-classes.js';
import type { Project } from './project.js';

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
