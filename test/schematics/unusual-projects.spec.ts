import { commonJsProject, esmProject, filesOf, packageJson, run } from './project-tree.js';

const main = (lines: string) => `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
${lines}
`;
const BOOTSTRAP = `
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
await bootstrap();`;

const appModule = (metadata: string) =>
  `import { Module } from '@nestjs/common';\n\n@Module({\n${metadata}})\nexport class AppModule {}\n`;

const countOf = (text: string, part: string) => text.split(part).length - 1;

describe('The development entry of a main.ts', () => {
  it('that also uses AppModule elsewhere imports it once', () => {
    const lines = BOOTSTRAP.replace(
      '  await app.listen',
      '  app.select(AppModule);\n  await app.listen',
    );
    const tree = esmProject({ 'src/main.ts': main(lines) });
    run(tree);
    const entry = tree.readText('src/main.local.ts');
    expect(countOf(entry, 'import { AppModule }')).toBe(1);
    expect(entry).not.toContain('RootModule');
    expect(entry).toContain('app.select(AppModule)');
  });

  it('with statements between its imports declares its module after all of them', () => {
    const text = main(BOOTSTRAP).replace("app.module.js';", "app.module.js'; // The application.");
    const lines = `import * as dotenv from 'dotenv';\ndotenv.config();\n${text}`;
    const tree = commonJsProject({ 'src/main.ts': lines });
    run(tree);
    const [before] = tree.readText('src/main.local.ts').split('@Module(');
    expect(before).toContain('dotenv.config();');
    expect(before).toContain("from 'nestjs-propelauth/local'");
    expect(before).toContain('import { AppModule }');
  });

  it('with a top-level await gets Swagger UI', () => {
    const lines = 'const app = await NestFactory.create(AppModule);\nawait app.listen(3000);';
    const tree = esmProject({ 'src/main.ts': main(lines) });
    run(tree, { swagger: true });
    for (const path of ['src/main.ts', 'src/main.local.ts']) {
      expect(tree.readText(path)).toContain('setUpSwagger(app);\nawait app.listen');
    }
  });

  it('is started without a script if start:local is another script of the project', () => {
    const scripts = { start: 'nest start', 'start:local': 'docker compose up' };
    const tree = esmProject({ 'package.json': packageJson({ type: 'module', scripts }) });
    const { printed } = run(tree);
    expect(printed).toContain('npx nest start --entryFile main.local --watch');
    expect(printed).not.toContain('npm run start:local');
    expect(JSON.parse(tree.readText('package.json')).scripts).toEqual(scripts);
  });
});

describe('nest add', () => {
  it.each([
    ['@nestjs/config', true],
    ['./config.module.js', false],
  ])(
    'names the command for local users with a .env and ConfigModule of %s: %s',
    (from, isNamed) => {
      const module = appModule('  imports: [ConfigModule.forRoot()],\n');
      const tree = esmProject({
        'src/app.module.ts': `import { ConfigModule } from '${from}';\n${module}`,
      });
      const { printed } = run(tree);
      expect(printed.includes('PROPELAUTH_AUTH_URL= npm run start:local')).toBe(isNamed);
    },
  );

  it('imports with the extension of the project, whatever main.ts imports first', () => {
    const text = `import pkg from '../package.json' with { type: 'json' };\n${main(BOOTSTRAP)}`;
    const tree = esmProject({ 'src/main.ts': text });
    run(tree);
    expect(tree.readText('src/main.ts')).toContain("'./root.module.js'");
  });

  it.each([
    [
      'several lines',
      '  controllers: [\n    UsersController,\n    OrgsController,\n  ],\n',
      '  controllers: [\n    MeController,\n    UsersController,',
    ],
    [
      'tabs and no last comma',
      '\timports: [\n\t\tA.forRoot({\n\t\t\tcontrollers: [],\n\t\t}),\n\t],\n\tcontrollers: [B]\n',
      '\t],\n\tcontrollers: [B, MeController],\n})',
    ],
    ['a last comma on one line', '  controllers: [B, ],\n', '  controllers: [B, MeController],\n'],
    ['no list', '  imports: [],\n', '  controllers: [MeController],\n  imports: [],\n'],
  ])('adds to an AppModule with %s', (_what, metadata, added) => {
    const tree = esmProject({ 'src/app.module.ts': appModule(metadata) });
    run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(added);
  });

  it('adds to AppModule, and not to another module in its file', () => {
    const other = '@Module({\n  controllers: [],\n})\nexport class OtherModule {}\n\n';
    const text = appModule('  controllers: [],\n').replace('@Module', `${other}@Module`);
    const tree = esmProject({ 'src/app.module.ts': text });
    run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(
      `${other}@Module({\n  controllers: [MeController],`,
    );
  });

  it('keeps what else main.ts imports with AppModule, and adds to what it imports from Nest', () => {
    const text = main(BOOTSTRAP)
      .replace('AppModule }', 'AppModule, ObserveInstrument }')
      .replace('import', "import { ValidationPipe } from '@nestjs/common';\nimport");
    const tree = esmProject({ 'src/main.ts': text });
    run(tree);
    expect(tree.readText('src/main.ts')).toContain(
      "import { ObserveInstrument } from './app.module.js';\nimport { RootModule }",
    );
    expect(tree.readText('src/main.local.ts')).toContain(
      "import { ValidationPipe, Module } from '@nestjs/common';",
    );
  });

  it.each([
    [
      'a MeController in another file',
      {
        'src/app.module.ts': `import { MeController } from './users/me.js';\n${appModule('  controllers: [MeController],\n')}`,
      },
    ],
    ['a file me.controller.ts', { 'src/me/me.controller.ts': '' }],
  ])('adds neither a route nor its test to a project with %s', (_what, changes) => {
    const tree = esmProject(changes);
    const appModuleBefore = tree.readText('src/app.module.ts');
    const { printed, warnings } = run(tree);
    expect(warnings).toEqual([expect.stringContaining('No MeController was added')]);
    expect(tree.readText('src/app.module.ts')).toBe(appModuleBefore);
    expect(tree.exists('test/me.e2e-spec.ts')).toBe(false);
    expect(printed).not.toContain('GET /me');
  });

  it('reads process.env if AppModule imports a ConfigModule of the project', () => {
    const tree = esmProject({
      'package.json': packageJson({
        type: 'module',
        dependencies: { '@nestjs/config': '^12.0.0' },
      }),
      'src/app.module.ts': `import { ConfigModule } from './config.module.js';\n${appModule('  imports: [ConfigModule],\n')}`,
      'src/other.module.ts': "import { ConfigModule } from '@nestjs/config';\n",
    });
    run(tree, { skipLocal: true });
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain('authUrl: process.env.PROPELAUTH_AUTH_URL!');
    expect(module).not.toContain('ConfigService');
  });

  it('leaves an .env.example with variables of PropelAuth as it is', () => {
    const text = 'export PROPELAUTH_AUTH_URL=a\n';
    const tree = esmProject({ '.env.example': text });
    run(tree);
    expect(tree.readText('.env.example')).toBe(text);
  });

  it('edits a package.json with a byte order mark', () => {
    const tree = esmProject();
    tree.overwrite('package.json', `\uFEFF${tree.readText('package.json')}`);
    run(tree);
    expect(JSON.parse(tree.readText('package.json')).scripts).toHaveProperty(['start:local']);
  });

  it('finds the tests of a project whose sources are in its own folder', () => {
    const changes = { 'src/main.ts': null, 'src/app.module.ts': null, 'main.ts': main(BOOTSTRAP) };
    const tree = esmProject({ ...changes, 'app.module.ts': appModule('  imports: [],\n') });
    run(tree, { sourceRoot: '.' });
    expect(tree.readText('test/me.e2e-spec.ts')).toContain("from '../root.module.js'");
  });
});

describe('A project that nest add cannot edit', () => {
  it.each([
    [
      'imports AppModule by default',
      { 'src/main.ts': main(BOOTSTRAP).replace('{ AppModule }', 'AppModule') },
      /does not start one module that it imports by its name/,
    ],
    [
      'imports AppModule from a folder',
      { 'src/main.ts': main(BOOTSTRAP).replace('./app.module.js', './app') },
      /the relative path of its file/,
    ],
    [
      'has controllers in an object that @Module() contains',
      { 'src/app.module.ts': appModule('  ...common,\n') },
      /with a line such as controllers: \[\]/,
    ],
    [
      'has an AppModule on one line',
      { 'src/app.module.ts': '@Module({ controllers: [] })\nexport class AppModule {}\n' },
      /with a line such as controllers: \[\]/,
    ],
  ])('because it %s keeps all its files, with a message', (_what, changes, message) => {
    const tree = esmProject(changes);
    const before = filesOf(tree);
    expect(() => run(tree, { webhooks: true })).toThrow(message);
    expect(filesOf(tree)).toEqual(before);
  });
});
