import { readFileSync } from 'node:fs';
import type { Tree } from '@angular-devkit/schematics';
import {
  commonJsProject,
  END_TO_END_TEST,
  esmProject,
  filesOf,
  packageJson,
  run,
  withoutExtensions,
} from './project-tree.js';

const CONFIG_MODULE = `import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

@Module({
  imports: [ConfigModule.forRoot()],
})
export class AppModule {}
`;

const withPackages = (packages: Record<string, string>) =>
  packageJson({
    type: 'module',
    dependencies: { '@nestjs/common': '^12.0.1', ...packages },
    devDependencies: { '@nestjs/testing': '^12.0.1', supertest: '^7.0.0', vitest: '^4.1.2' },
  });

const main = (start: string) => `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
${start}
}
await bootstrap();
`;

const testOfCli110 = withoutExtensions(END_TO_END_TEST).replace(
  /\n\n {2}afterEach[^]*?\n {2}\}\);/,
  '',
);
const withNamespace = (text: string) => text.replace('import request', 'import * as request');

/** A tree of the same files without a history. */
const nextRun = (tree: Tree) => esmProject({ 'test/app.e2e-spec.ts': null, ...filesOf(tree) });

describe('nest add', () => {
  it('starts AppModule with PropelAuthModule', () => {
    const tree = esmProject();
    run(tree);
    expect(tree.readText('src/main.ts')).toBe(`import { NestFactory } from '@nestjs/core';
import { RootModule } from './root.module.js';

async function bootstrap() {
  const app = await NestFactory.create(RootModule);
  await app.listen(process.env.PORT ?? 3000);
}
await bootstrap();
`);
    expect(tree.readText('src/root.module.ts')).toContain(`
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
    AppModule,
  ],
`);
  });

  it('creates a development entry from main.ts, with the local module', () => {
    const start = `  const app = await NestFactory.create(AppModule, { cors: true });
  app.setGlobalPrefix('api');
  await app.listen(8080);`;
    const tree = esmProject({ 'src/main.ts': main(start) });
    run(tree);
    const entry = tree.readText('src/main.local.ts');
    expect(entry).toContain(start.replace('AppModule', 'LocalAppModule'));
    expect(entry).toContain("import { AppModule } from './app.module.js';");
    expect(entry).not.toContain('RootModule');
    expect(JSON.parse(tree.readText('package.json')).scripts).toMatchObject({
      'start:local': 'nest start --entryFile main.local --watch',
    });
  });

  it('asks to set origin if main.ts listens on another port than that of the Nest CLI', () => {
    const start = `  const app = await NestFactory.create(AppModule);
  await app.listen(app.get(Settings).port);`;
    const { printed } = run(esmProject({ 'src/main.ts': main(start) }));
    expect(printed).toContain('In src/main.local.ts, set origin');
  });

  it('adds a protected controller to AppModule, and its test', () => {
    const tree = esmProject();
    const { printed } = run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(
      'controllers: [AppController, MeController]',
    );
    expect(tree.readText('src/me/me.controller.ts')).toContain('@RequireUser()');
    expect(tree.readText('test/me.e2e-spec.ts')).toContain(
      "import { RootModule } from '../src/root.module.js';",
    );
    expect(printed).toContain('npm run test:e2e');
  });

  it.each([
    ['12, for ES modules', esmProject, END_TO_END_TEST],
    ['12, for CommonJS', commonJsProject, withoutExtensions(END_TO_END_TEST)],
    ['11.0, which does not close the application', commonJsProject, testOfCli110],
    ['11.0.0, which imports all of supertest', commonJsProject, withNamespace(testOfCli110)],
    ['12, with carriage returns', esmProject, END_TO_END_TEST.replaceAll('\n', '\r\n')],
  ])(
    'lets the test of the Nest CLI %s start the application without PropelAuth',
    (_cli, project, text) => {
      const tree = project({ 'test/app.e2e-spec.ts': text });
      const { warnings } = run(tree);
      const test = tree.readText('test/app.e2e-spec.ts').replaceAll('\r\n', '\n');
      expect(test).toContain(`await overridePropelAuth(
      Test.createTestingModule({
        imports: [RootModule],
      }),
      { issuer: await TestIssuer.create() },
    ).compile();`);
      expect(test).toContain("import { RootModule } from '../src/root.module");
      expect(test).not.toContain('AppModule }');
      expect(warnings).toEqual([]);
    },
  );

  it('names the tests of the user that start AppModule, and what to change in them', () => {
    const test = END_TO_END_TEST.replace("'Hello World!'", "'Hello!'");
    const tree = esmProject({ 'test/app.e2e-spec.ts': test });
    const { warnings } = run(tree);
    expect(warnings).toEqual([
      expect.stringMatching(/test\/app\.e2e-spec\.ts.*RootModule.*overridePropelAuth.*testing\.md/),
    ]);
    expect(tree.readText('test/app.e2e-spec.ts')).toBe(test);
  });

  it('leaves unit tests as they are', () => {
    const test = "import { Test } from '@nestjs/testing';\nTest.createTestingModule({});\n";
    const tree = esmProject({ 'src/app.controller.spec.ts': test });
    const { warnings } = run(tree);
    expect(warnings).toEqual([]);
    expect(tree.readText('src/app.controller.spec.ts')).toBe(test);
  });

  it('imports supertest as the test of the Nest CLI does', () => {
    const tree = commonJsProject({ 'test/app.e2e-spec.ts': withNamespace(testOfCli110) });
    run(tree);
    expect(tree.readText('test/me.e2e-spec.ts')).toContain("import * as request from 'supertest'");
  });

  it('imports without extensions in a CommonJS project', () => {
    const tree = commonJsProject();
    const { written } = run(tree, { webhooks: true, swagger: true });
    for (const path of written.filter((file) => file.endsWith('.ts'))) {
      expect(tree.readText(path)).not.toMatch(/from '[^']*\.js'/);
    }
    expect(tree.readText('test/me.e2e-spec.ts')).not.toContain('vitest');
  });

  it('uses ConfigService if the project has ConfigModule', () => {
    const tree = esmProject({
      'package.json': withPackages({ '@nestjs/config': '^12.0.0' }),
      'src/app.module.ts': CONFIG_MODULE,
    });
    run(tree, { webhooks: true });
    expect(tree.readText('src/root.module.ts')).toContain(`PropelAuthModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        authUrl: config.get('PROPELAUTH_AUTH_URL', ''),
        apiKey: config.get('PROPELAUTH_API_KEY', ''),
        webhooks: {
          secret: config.get('PROPELAUTH_WEBHOOK_SECRET', ''),
          path: '/webhooks/propelauth',
        },
      }),
    })`);
  });

  it('adds the environment variables to .env.example', () => {
    const tree = esmProject({ '.env.example': 'PORT=3000\n' });
    run(tree, { webhooks: true });
    const lines = tree.readText('.env.example').split('\n');
    const variables = lines.filter((line) => /^\w+=/.test(line));
    expect(variables).toEqual([
      'PORT=3000',
      'PROPELAUTH_AUTH_URL=https://auth.example.com',
      'PROPELAUTH_API_KEY=',
      'PROPELAUTH_WEBHOOK_SECRET=',
    ]);
  });

  it('keeps the style of line breaks', () => {
    const tree = esmProject();
    for (const path of ['src/main.ts', 'src/app.module.ts']) {
      tree.overwrite(path, tree.readText(path).replaceAll('\n', '\r\n'));
    }
    run(tree);
    expect(tree.readText('src/main.ts')).toMatch(/RootModule\);\r\n/);
    expect(tree.readText('src/app.module.ts')).not.toMatch(/[^\r]\n/);
  });

  it.each([['@nestjs/testing'], ['@nestjs/platform-express'], ['supertest']])(
    'adds no test to a project without %s',
    (name) => {
      const tree = esmProject();
      tree.overwrite('package.json', tree.readText('package.json').replace(name, 'other'));
      const { printed, written } = run(tree);
      expect(written).not.toContain('test/me.e2e-spec.ts');
      expect(printed).toContain('Write a test of GET /me, as node_modules/nestjs-propelauth/docs');
    },
  );
});

describe('nest add --skip-local', () => {
  it('imports PropelAuthModule in AppModule, and adds no development entry', () => {
    const tree = esmProject();
    const { written } = run(tree, { skipLocal: true });
    expect(written).not.toContain('src/main.ts');
    expect(written).not.toContain('src/main.local.ts');
    expect(tree.readText('src/app.module.ts')).toContain(`
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
  ],
`);
    expect(tree.readText('test/app.e2e-spec.ts')).toContain('imports: [AppModule]');
  });

  it('imports ConfigModule if AppModule does', () => {
    const tree = esmProject({
      'package.json': withPackages({ '@nestjs/config': '^12.0.0' }),
      'src/app.module.ts': CONFIG_MODULE,
    });
    run(tree, { skipLocal: true });
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain("import { ConfigModule, ConfigService } from '@nestjs/config';");
    expect(module).toMatch(
      /PropelAuthModule\.forRootAsync\([^]*?\}\),\s+ConfigModule\.forRoot\(\),/,
    );
    expect(module).toContain('controllers: [MeController]');
  });
});

describe('nest add --webhooks', () => {
  it('adds the option to both modules, and a provider with handlers', () => {
    const tree = esmProject();
    run(tree, { webhooks: true });
    expect(tree.readText('src/root.module.ts')).toContain(
      'secret: process.env.PROPELAUTH_WEBHOOK_SECRET!',
    );
    expect(tree.readText('src/main.local.ts')).toContain(
      "webhooks: { path: '/webhooks/propelauth' }",
    );
    expect(tree.readText('src/app.module.ts')).toContain(
      'providers: [AppService, PropelAuthEvents]',
    );
    expect(tree.exists('test/propelauth-events.e2e-spec.ts')).toBe(true);
  });

  it.each([
    ['an ES module', esmProject, '^2.0.0'],
    ['CommonJS, where Jest cannot load svix 2', commonJsProject, '^1.99.1'],
  ])('adds svix to a project that is %s', (_what, project, version) => {
    const tree = project();
    const { tasks } = run(tree, { webhooks: true });
    expect(JSON.parse(tree.readText('package.json')).dependencies.svix).toBe(version);
    expect(tasks).toEqual(['node-package']);
  });

  it('says what to install after --skip-install', () => {
    const { printed, tasks } = run(esmProject(), { webhooks: true, skipInstall: true });
    expect(tasks).toEqual([]);
    expect(printed).toContain('Install svix: npm install');
  });

  it('installs nothing that the project already has', () => {
    const tree = esmProject({ 'package.json': withPackages({ svix: '^1.0.0' }) });
    const { tasks } = run(tree, { webhooks: true });
    expect(tasks).toEqual([]);
    expect(JSON.parse(tree.readText('package.json')).dependencies.svix).toBe('^1.0.0');
  });
});

describe('nest add --swagger', () => {
  it('sets up Swagger UI in both entries, before they listen', () => {
    const tree = esmProject();
    run(tree, { swagger: true });
    for (const path of ['src/main.ts', 'src/main.local.ts']) {
      expect(tree.readText(path)).toMatch(/setUpSwagger\(app\);\n {2}await app\.listen/);
    }
    expect(tree.readText('src/swagger.ts')).toContain("setTitle('my-app')");
  });

  it.each([
    ['11', commonJsProject, '^11.0.0'],
    ['12', esmProject, '^12.0.0'],
  ])('adds @nestjs/swagger for Nest %s', (_nest, project, version) => {
    const tree = project();
    run(tree, { swagger: true });
    expect(JSON.parse(tree.readText('package.json')).dependencies['@nestjs/swagger']).toBe(version);
  });

  it('adds what serves its files with Fastify', () => {
    const dependencies = { '@nestjs/common': '^12.0.0', '@nestjs/platform-fastify': '^12.0.0' };
    const tree = esmProject({ 'package.json': packageJson({ type: 'module', dependencies }) });
    run(tree, { swagger: true });
    expect(JSON.parse(tree.readText('package.json')).dependencies).toMatchObject({
      ...dependencies,
      '@fastify/static': '^10.0.0',
    });
  });
});

describe('nest add, run again,', () => {
  it.each([
    {},
    { webhooks: true, swagger: true },
    { skipLocal: true, webhooks: true, swagger: true },
  ])('changes nothing with the options %j, and reports that', (options) => {
    const tree = esmProject();
    run(tree, options);
    const { printed, written, tasks } = run(nextRun(tree), options);
    expect(written).toEqual([]);
    expect(tasks).toEqual([]);
    expect(printed).toMatch(
      /is set up already, in src\/\w+\.module\.ts\. Nothing has been changed\. .*webhooks\.md/,
    );
  });

  it('changes nothing in a project with the setup from the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    const blocks = ['src/root.module.ts', 'src/main.ts', 'src/main.local.ts'].map((file) => [
      file,
      readme.split(`\`\`\`ts\n// ${file}\n`)[1]!.split('```')[0]!,
    ]);
    const tree = esmProject(Object.fromEntries(blocks) as Record<string, string>);
    const { written, printed } = run(tree, { webhooks: true });
    expect(written).toEqual([]);
    expect(printed).toContain('set up already, in src/root.module.ts');
  });
});

describe('A project that nest add cannot edit', () => {
  const swaggerModule = `  const app = await NestFactory.create(AppModule);
  SwaggerModule.setup('docs', app, document);
  await app.listen(3000);`;

  it.each([
    ['has no main.ts', { 'src/main.ts': null }, /src\/main\.ts does not start one module/],
    ['is a monorepo', { 'nest-cli.json': '{ "monorepo": true }' }, /monorepo/],
    ['has no AppModule', { 'src/app.module.ts': null }, /does not start one module/],
    [
      'starts what a function returns',
      { 'src/main.ts': main('  await NestFactory.create(createModule());') },
      /does not start one module/,
    ],
    [
      'starts a module of another package',
      {
        'src/main.ts':
          main('').replace('./app.module.js', '@acme/app') + 'NestFactory.create(AppModule);',
      },
      /does not start one module/,
    ],
    [
      'has controllers in a variable',
      { 'src/app.module.ts': '@Module({\n  controllers,\n})\nexport class AppModule {}\n' },
      /src\/app\.module\.ts has no @Module.* of the class AppModule with a line such as controllers: \[\]/,
    ],
    [
      'has a dynamic AppModule',
      { 'src/app.module.ts': '@Module(metadata)\nexport class AppModule {}\n' },
      /has no @Module.* of the class AppModule/,
    ],
    ['has a RootModule', { 'src/root.module.ts': '' }, /src\/root\.module\.ts exists already/],
    ['has a swagger.ts', { 'src/swagger.ts': '' }, /src\/swagger\.ts exists already/],
    ['sets up SwaggerModule', { 'src/main.ts': main(swaggerModule) }, /PropelAuthSwagger/],
    [
      'does not listen',
      {
        'src/main.ts': main('  const app = await NestFactory.create(AppModule);\n  run(app);'),
      },
      /no line such as await app\.listen\(3000\)/,
    ],
  ])('because it %s keeps all its files, with a message', (_what, changes, message) => {
    const tree = esmProject(changes);
    const before = filesOf(tree);
    const add = () => run(tree, { swagger: true, webhooks: true });
    expect(add).toThrow(message);
    expect(add).toThrow(/Nothing has been changed\. .*docs\/nest-add\.md/);
    expect(filesOf(tree)).toEqual(before);
  });
});
