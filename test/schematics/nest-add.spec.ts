import { readFileSync } from 'node:fs';
import type { Tree } from '@angular-devkit/schematics';
import { DOCS } from '../../schematics/nest-add/manual-set-up.error.js';
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

const contentOfPackageJson = (tree: Tree) =>
  JSON.parse(tree.readText('package.json')) as Record<
    'scripts' | 'dependencies' | 'devDependencies',
    Record<string, string> | undefined
  >;

/** A tree of the same files without a history. */
const nextRun = (tree: Tree) => esmProject({ 'test/app.e2e-spec.ts': null, ...filesOf(tree) });

describe('nest add', () => {
  it('imports PropelAuthModule in AppModule, and leaves main.ts as it is', () => {
    const tree = esmProject();
    const { written } = run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(`
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
  ],
`);
    expect(written).toEqual([
      '.env.example',
      'package.json',
      'src/app.module.ts',
      'src/me/me.controller.ts',
      'test/app.e2e-spec.ts',
      'test/me.e2e-spec.ts',
    ]);
  });

  it('adds a script that starts the application with the emulator, whose curl commands call the guarded route', () => {
    const tree = esmProject();
    const { printed } = run(tree);
    expect(contentOfPackageJson(tree).scripts).toMatchObject({
      'start:local':
        'propelauth-emulator exec --call http://localhost:3000/me -- nest start --watch --preserveWatchOutput',
    });
    expect(printed).toContain(
      'Start the application without a PropelAuth account: npm run start:local',
    );
    expect(printed).toContain('npx propelauth-emulator token alice');
  });

  it.each([
    ['^1.2.3', '^1.2.3'],
    ['2.0.0-next.1', '2.0.0-next.1'],
    ['file:nestjs-propelauth.tgz', '*'],
    [undefined, '*'],
  ])('adds the emulator for development, as %s of this package: %s', (range, expected) => {
    const packages: Record<string, string> = range ? { 'nestjs-propelauth': range } : {};
    const tree = esmProject({ 'package.json': withPackages(packages) });
    const { tasks } = run(tree);
    const { dependencies, devDependencies } = contentOfPackageJson(tree);
    expect(devDependencies).toHaveProperty('propelauth-emulator', expected);
    expect(dependencies).not.toHaveProperty('propelauth-emulator');
    expect(tasks).toEqual(['node-package']);
  });

  it('adds a protected controller to AppModule, and its test', () => {
    const tree = esmProject();
    const { printed } = run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(
      'controllers: [AppController, MeController]',
    );
    expect(tree.readText('src/me/me.controller.ts')).toContain('@RequireUser()');
    expect(tree.readText('test/me.e2e-spec.ts')).toContain(
      "import { AppModule } from '../src/app.module.js';",
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
        imports: [AppModule],
      }),
      { emulator: await createEmulator() },
    ).compile();`);
      expect(test).toContain(
        "import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';\nimport { AppModule }",
      );
      expect(warnings).toEqual([]);
    },
  );

  it('names the tests of the user that start AppModule, and what to change in them', () => {
    const test = END_TO_END_TEST.replace("'Hello World!'", "'Hello!'");
    const tree = esmProject({ 'test/app.e2e-spec.ts': test });
    const { warnings } = run(tree);
    expect(warnings).toEqual([
      expect.stringMatching(
        /AppModule.*test\/app\.e2e-spec\.ts.*overridePropelAuth.*\/testing shows/,
      ),
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
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain("import { ConfigModule, ConfigService } from '@nestjs/config';");
    expect(module).toContain(`PropelAuthModule.forRootAsync({
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
    }),
    ConfigModule.forRoot(),
  ],
`);
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
    const paths = ['src/main.ts', 'src/app.module.ts'];
    for (const path of paths) {
      tree.overwrite(path, tree.readText(path).replaceAll('\n', '\r\n'));
    }
    const { written } = run(tree, { swagger: true });
    expect(written).toEqual(expect.arrayContaining(paths));
    for (const path of paths) expect(tree.readText(path)).not.toMatch(/[^\r]\n/);
  });

  it.each([['@nestjs/testing'], ['@nestjs/platform-express'], ['supertest']])(
    'adds no test to a project without %s',
    (name) => {
      const tree = esmProject();
      tree.overwrite('package.json', tree.readText('package.json').replace(name, 'other'));
      const { printed, written } = run(tree);
      expect(written).not.toContain('test/me.e2e-spec.ts');
      expect(printed).toContain(`Write a test of GET /me, as ${DOCS}/testing shows`);
    },
  );
});

describe('nest add --webhooks', () => {
  it('adds the option and a provider with handlers to AppModule', () => {
    const tree = esmProject();
    run(tree, { webhooks: true });
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain(`
      webhooks: {
        secret: process.env.PROPELAUTH_WEBHOOK_SECRET!,
        path: '/webhooks/propelauth',
      },`);
    expect(module).toContain('providers: [AppService, PropelAuthEvents]');
    expect(tree.readText('test/propelauth-events.e2e-spec.ts')).toContain('emulator.webhook(');
  });

  it('lets the emulator send its events to the application', () => {
    const tree = esmProject();
    const { printed } = run(tree, { webhooks: true });
    expect(contentOfPackageJson(tree).scripts).toMatchObject({
      'start:local':
        'propelauth-emulator exec --call http://localhost:3000/me --webhooks http://localhost:3000/webhooks/propelauth -- nest start --watch --preserveWatchOutput',
    });
    expect(printed).not.toContain('Set --call');
  });

  it('asks to set --call and --webhooks if main.ts listens on another port than that of the Nest CLI', () => {
    const start = `  const app = await NestFactory.create(AppModule);
  await app.listen(app.get(Settings).port);`;
    const changes = { 'src/main.ts': main(start) };
    const { printed } = run(esmProject(changes), { webhooks: true });
    expect(printed).toContain(
      'Set --call and --webhooks of that script in package.json to the address',
    );
    expect(run(esmProject(changes)).printed).toContain(
      'Set --call of that script in package.json to the address',
    );
  });

  it.each([
    ['an ES module', esmProject, '^2.0.0'],
    ['CommonJS, where Jest cannot load svix 2', commonJsProject, '^1.99.1'],
  ])('adds svix to a project that is %s', (_what, project, version) => {
    const tree = project();
    const { tasks } = run(tree, { webhooks: true });
    expect(contentOfPackageJson(tree).dependencies?.['svix']).toBe(version);
    expect(tasks).toEqual(['node-package']);
  });

  it('says what to install after --skip-install', () => {
    const { printed, tasks } = run(esmProject(), { webhooks: true, skipInstall: true });
    expect(tasks).toEqual([]);
    expect(printed).toContain('Install svix and propelauth-emulator: npm install');
  });

  it('installs nothing that the project already has', () => {
    const tree = esmProject({
      'package.json': withPackages({ svix: '^1.0.0', 'propelauth-emulator': '^0.1.0' }),
    });
    const { tasks } = run(tree, { webhooks: true });
    expect(tasks).toEqual([]);
    expect(contentOfPackageJson(tree).dependencies?.['svix']).toBe('^1.0.0');
  });
});

describe('nest add --swagger', () => {
  it('sets up Swagger UI before the application listens', () => {
    const tree = esmProject();
    run(tree, { swagger: true });
    expect(tree.readText('src/main.ts')).toMatch(/setUpSwagger\(app\);\n {2}await app\.listen/);
    expect(tree.readText('src/swagger.ts')).toContain("setTitle('my-app')");
  });

  it.each([
    ['11', commonJsProject, '^11.0.0'],
    ['12', esmProject, '^12.0.0'],
  ])('adds @nestjs/swagger for Nest %s', (_nest, project, version) => {
    const tree = project();
    run(tree, { swagger: true });
    expect(contentOfPackageJson(tree).dependencies).toHaveProperty(['@nestjs/swagger'], version);
  });

  it('adds what serves its files with Fastify', () => {
    const dependencies = { '@nestjs/common': '^12.0.0', '@nestjs/platform-fastify': '^12.0.0' };
    const tree = esmProject({ 'package.json': packageJson({ type: 'module', dependencies }) });
    run(tree, { swagger: true });
    expect(contentOfPackageJson(tree).dependencies).toMatchObject({
      ...dependencies,
      '@fastify/static': '^10.0.0',
    });
  });
});

describe('nest add, run again,', () => {
  it.each([{}, { webhooks: true, swagger: true }])(
    'changes nothing with the options %j, and reports that',
    (options) => {
      const tree = esmProject();
      run(tree, options);
      const { printed, written, tasks } = run(nextRun(tree), options);
      expect(written).toEqual([]);
      expect(tasks).toEqual([]);
      expect(printed).toMatch(
        /is set up already, in src\/\w+\.module\.ts\. Nothing has been changed\. .*\/webhooks/,
      );
    },
  );

  it('changes nothing in a project that was set up by hand', () => {
    const page = readFileSync('docs/getting-started.md', 'utf8');
    const [chapter = ''] = page.split('\n## By hand\n').at(1)?.split('\n## ') ?? [];
    const blocks = [...chapter.matchAll(/```ts\n\/\/ (src\/\S+)\n([^]*?)```/g)];
    const tree = esmProject(Object.fromEntries(blocks.map(([, file, code]) => [file, code])));
    const { written, printed } = run(tree, { webhooks: true });
    expect(written).toEqual([]);
    expect(printed).toMatch(/set up already, in src\/\w+\.module\.ts/);
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
    expect(add).toThrow(
      `Nothing has been changed. To set it up by hand, see ${DOCS}/getting-started.`,
    );
    expect(filesOf(tree)).toEqual(before);
  });
});
