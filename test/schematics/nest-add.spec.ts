import { readFileSync } from 'node:fs';
import type { Tree } from '@angular-devkit/schematics';
import { loadTypeScript } from '../../schematics/nest-add/typescript.js';
import { commonJsProject, esmProject, filesOf, packageJson, run } from './project-tree.js';

const CONFIG_MODULE = `import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

@Module({ imports: [ConfigModule.forRoot()] })
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

/** A tree of the same files without a history. */
const nextRun = (tree: Tree) => esmProject({ 'test/app.e2e-spec.ts': null, ...filesOf(tree) });

describe('nest add', () => {
  it('starts AppModule with PropelAuthModule', async () => {
    const tree = esmProject();
    await run(tree);
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

  it('creates a development entry from main.ts, with the local module', async () => {
    const start = `  const app = await NestFactory.create(AppModule, { cors: true });
  app.setGlobalPrefix('api');
  await app.listen(8080);`;
    const tree = esmProject({ 'src/main.ts': main(start) });
    await run(tree);
    const entry = tree.readText('src/main.local.ts');
    expect(entry).toContain("origin: 'http://localhost:8080'");
    expect(entry).toContain(start.replace('AppModule', 'LocalAppModule'));
    expect(entry).toContain("import { AppModule } from './app.module.js';");
    expect(entry).not.toContain('RootModule');
    expect(JSON.parse(tree.readText('package.json')).scripts).toMatchObject({
      'start:local': 'nest start --entryFile main.local --watch',
    });
  });

  it('asks to set origin if main.ts does not contain the port', async () => {
    const start = `  const app = await NestFactory.create(AppModule);
  await app.listen(app.get(Settings).port);`;
    const { printed } = await run(esmProject({ 'src/main.ts': main(start) }));
    expect(printed).toContain('In src/main.local.ts, set origin to the address of the application');
  });

  it('adds a protected controller to AppModule, and its test', async () => {
    const tree = esmProject();
    const { printed } = await run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(
      'controllers: [AppController, MeController]',
    );
    expect(tree.readText('src/me/me.controller.ts')).toContain('@RequireUser()');
    expect(tree.readText('test/me.e2e-spec.ts')).toContain(
      "import { RootModule } from '../src/root.module.js';",
    );
    expect(printed).toContain('npm run test:e2e');
  });

  it('lets existing tests start the application without PropelAuth', async () => {
    const tree = esmProject();
    await run(tree);
    const test = tree.readText('test/app.e2e-spec.ts');
    expect(test).toContain(`await overridePropelAuth(
      Test.createTestingModule({
        imports: [RootModule],
      }),
      { issuer: await TestIssuer.create() },
    ).compile();`);
    expect(test).not.toContain('AppModule }');
  });

  it('names the tests that it cannot edit', async () => {
    const test = `import { Test } from '@nestjs/testing';
import { AppModule } from '../src/app.module.js';
const metadata = { imports: [AppModule] };
beforeEach(() => Test.createTestingModule(metadata).compile());
`;
    const tree = esmProject({ 'test/other.e2e-spec.ts': test });
    const { warnings } = await run(tree);
    expect(warnings).toEqual([expect.stringContaining('test/other.e2e-spec.ts')]);
    expect(tree.readText('test/other.e2e-spec.ts')).toBe(test);
  });

  it('imports without extensions in a CommonJS project', async () => {
    const tree = commonJsProject();
    const { written } = await run(tree, { webhooks: true, swagger: true });
    for (const path of written.filter((file) => file.endsWith('.ts'))) {
      expect(tree.readText(path)).not.toMatch(/from '[^']*\.js'/);
    }
    expect(tree.readText('test/me.e2e-spec.ts')).not.toContain('vitest');
    expect(tree.readText('src/main.local.ts')).toContain('void bootstrap();');
  });

  it('uses ConfigService if the project has ConfigModule', async () => {
    const tree = esmProject({
      'package.json': withPackages({ '@nestjs/config': '^12.0.0' }),
      'src/app.module.ts': CONFIG_MODULE,
    });
    await run(tree, { webhooks: true });
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

  it('lists the environment variables in .env.example, and keeps the existing ones', async () => {
    const tree = esmProject({ '.env.example': 'PORT=3000\nPROPELAUTH_API_KEY=of-the-team\n' });
    await run(tree, { webhooks: true });
    const lines = tree.readText('.env.example').split('\n');
    const variables = lines.filter((line) => /^\w+=/.test(line));
    expect(variables).toEqual([
      'PORT=3000',
      'PROPELAUTH_API_KEY=of-the-team',
      'PROPELAUTH_AUTH_URL=https://auth.example.com',
      'PROPELAUTH_WEBHOOK_SECRET=',
    ]);
  });

  it('keeps the style of line breaks', async () => {
    const tree = esmProject();
    for (const path of ['src/main.ts', 'src/app.module.ts']) {
      tree.overwrite(path, tree.readText(path).replaceAll('\n', '\r\n'));
    }
    await run(tree);
    expect(tree.readText('src/main.ts')).toMatch(/RootModule\);\r\n/);
    expect(tree.readText('src/app.module.ts')).not.toMatch(/[^\r]\n/);
  });

  it('uses Fastify in the test of a project with Fastify', async () => {
    const start = `  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  await app.listen(3000);`;
    const imports =
      "import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';\n";
    const tree = esmProject({ 'src/main.ts': imports + main(start) });
    await run(tree, { swagger: true });
    expect(tree.readText('test/me.e2e-spec.ts')).toContain('new FastifyAdapter()');
    expect(tree.readText('src/main.local.ts')).toMatch(/LocalAppModule,\s+new FastifyAdapter\(\)/);
    expect(JSON.parse(tree.readText('package.json')).dependencies).toHaveProperty([
      '@fastify/static',
    ]);
  });

  it('adds no test to a project without a test runner', async () => {
    const tree = esmProject({
      'package.json': packageJson({ type: 'module', dependencies: {} }),
      'test/app.e2e-spec.ts': null,
    });
    const { printed, written } = await run(tree);
    expect(written.filter((path) => path.startsWith('test/'))).toEqual([]);
    expect(printed).toContain('No test was added');
  });
});

describe('nest add --skip-local', () => {
  it('imports PropelAuthModule in AppModule, and adds no development entry', async () => {
    const tree = esmProject();
    const { written } = await run(tree, { skipLocal: true });
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

  it('imports ConfigModule if AppModule does', async () => {
    const tree = esmProject({
      'package.json': withPackages({ '@nestjs/config': '^12.0.0' }),
      'src/app.module.ts': CONFIG_MODULE,
    });
    await run(tree, { skipLocal: true });
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain("import { ConfigModule, ConfigService } from '@nestjs/config';");
    expect(module).toMatch(/ConfigModule\.forRoot\(\),\s+PropelAuthModule\.forRootAsync\(/);
    expect(module).toContain('controllers: [MeController]');
  });

  it('detects a development entry that is added later', async () => {
    const tree = esmProject();
    await run(tree, { skipLocal: true });
    const { warnings, written } = await run(nextRun(tree));
    expect(written).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('No development entry was added')]);
  });
});

describe('nest add --webhooks', () => {
  it('adds the option to both modules, and a provider with handlers', async () => {
    const tree = esmProject();
    await run(tree, { webhooks: true });
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
  ])('adds svix to a project that is %s', async (_what, project, version) => {
    const tree = project();
    const { tasks } = await run(tree, { webhooks: true });
    expect(JSON.parse(tree.readText('package.json')).dependencies.svix).toBe(version);
    expect(tasks).toEqual(['node-package']);
  });

  it('says what to install after --skip-install', async () => {
    const { printed, tasks } = await run(esmProject(), { webhooks: true, skipInstall: true });
    expect(tasks).toEqual([]);
    expect(printed).toContain('Install svix: npm install');
  });

  it('installs nothing that the project already has', async () => {
    const tree = esmProject({ 'package.json': withPackages({ svix: '^1.0.0' }) });
    const { tasks } = await run(tree, { webhooks: true });
    expect(tasks).toEqual([]);
    expect(JSON.parse(tree.readText('package.json')).dependencies.svix).toBe('^1.0.0');
  });
});

describe('nest add --swagger', () => {
  it('sets up Swagger UI in both entries, before they listen', async () => {
    const tree = esmProject();
    await run(tree, { swagger: true });
    for (const path of ['src/main.ts', 'src/main.local.ts']) {
      expect(tree.readText(path)).toMatch(/setUpSwagger\(app\);\n {2}await app\.listen/);
    }
    expect(tree.readText('src/swagger.ts')).toContain("setTitle('my-app')");
  });

  it.each([
    ['11', commonJsProject, '^11.0.0'],
    ['12', esmProject, '^12.0.0'],
  ])('adds @nestjs/swagger for Nest %s', async (_nest, project, version) => {
    const tree = project();
    await run(tree, { swagger: true });
    expect(JSON.parse(tree.readText('package.json')).dependencies['@nestjs/swagger']).toBe(version);
  });
});

describe('nest add, run again,', () => {
  it.each([
    {},
    { webhooks: true, swagger: true },
    { skipLocal: true, webhooks: true, swagger: true },
  ])('changes nothing with the options %j, and reports that', async (options) => {
    const tree = esmProject();
    await run(tree, options);
    const { printed, written, tasks } = await run(nextRun(tree), options);
    expect(written).toEqual([]);
    expect(tasks).toEqual([]);
    expect(printed).toBe('nestjs-propelauth is set up already. Nothing has been changed.');
  });

  it('adds options of a later run as if they had been in the first', async () => {
    const atFirst = esmProject();
    await run(atFirst, { webhooks: true, swagger: true });
    const later = esmProject();
    await run(later);
    const again = nextRun(later);
    await run(again, { webhooks: true, swagger: true });
    expect(filesOf(again)).toEqual(filesOf(atFirst));
  });

  it('does not restore a protected route that was removed', async () => {
    const tree = esmProject();
    await run(tree);
    tree.delete('src/me/me.controller.ts');
    const { written } = await run(nextRun(tree));
    expect(written).toEqual([]);
  });

  it('edits the setup from the README, with RootModule declared in main.ts', async () => {
    const [, mainFile] =
      /```ts\n\/\/ src\/main\.ts\n(.*?)```/s.exec(
        readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
      ) ?? [];
    const tree = esmProject({ 'src/main.ts': mainFile! });
    const { warnings } = await run(tree, { webhooks: true });
    expect(tree.readText('src/main.ts')).toContain("path: '/webhooks/propelauth'");
    expect(tree.readText('src/app.module.ts')).toContain('PropelAuthEvents');
    expect(warnings).toEqual([expect.stringContaining('No development entry was added')]);
  });
});

describe('A project that nest add cannot edit', () => {
  const swaggerModule = `  const app = await NestFactory.create(AppModule);
  SwaggerModule.setup('docs', app, document);
  await app.listen(3000);`;

  it.each([
    ['has no package.json', { 'package.json': null }, /no package\.json/],
    ['has an invalid package.json', { 'package.json': '{' }, /package\.json is not valid JSON/],
    ['has no main.ts', { 'src/main.ts': null }, /src\/main\.ts does not exist/],
    ['is a monorepo', { 'nest-cli.json': '{ "monorepo": true }' }, /monorepo/],
    ['has no AppModule', { 'src/app.module.ts': null }, /src\/app\.module\.ts does not exist/],
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
      { 'src/app.module.ts': '@Module({ controllers })\nexport class AppModule {}\n' },
      /controllers of AppModule in src\/app\.module\.ts is not a list in brackets/,
    ],
    [
      'has a dynamic AppModule',
      { 'src/app.module.ts': '@Module(metadata)\nexport class AppModule {}\n' },
      /no class AppModule with @Module/,
    ],
    ['has a RootModule', { 'src/root.module.ts': '' }, /src\/root\.module\.ts exists already/],
    [
      'imports PropelAuthModule elsewhere',
      { 'src/auth.module.ts': "import { PropelAuthModule } from 'nestjs-propelauth';\n" },
      /src\/auth\.module\.ts imports PropelAuthModule already/,
    ],
    ['has a swagger.ts', { 'src/swagger.ts': '' }, /src\/swagger\.ts exists already/],
    ['sets up SwaggerModule', { 'src/main.ts': main(swaggerModule) }, /PropelAuthSwagger/],
    [
      'does not listen',
      {
        'src/main.ts': main(
          '  const app = await NestFactory.create(AppModule);\n  await run(app);',
        ),
      },
      /no line such as await app\.listen\(3000\)/,
    ],
    ['has a propelauth-events.ts', { 'src/propelauth-events.ts': '' }, /propelauth-events\.ts/],
  ])('because it %s keeps all its files, with a message', async (_what, changes, message) => {
    const tree = esmProject(changes);
    const before = filesOf(tree);
    const added = run(tree, { swagger: true, webhooks: true });
    await expect(added).rejects.toThrow(message);
    await expect(added).rejects.toThrow(/Nothing has been changed\. .*docs\/nest-add\.md/);
    expect(filesOf(tree)).toEqual(before);
  });

  it('because it has no TypeScript gets a message', () => {
    expect(() => loadTypeScript('/')).toThrow(/typescript is not installed in this project/);
  });
});
