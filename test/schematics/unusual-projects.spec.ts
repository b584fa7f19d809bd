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
  `import { Module } from '@nestjs/common';\n@Module(${metadata})\nexport class AppModule {}\n`;

const countOf = (text: string, part: string) => text.split(part).length - 1;

describe('The development entry of a main.ts', () => {
  it('that also uses AppModule elsewhere imports it once', async () => {
    const lines = BOOTSTRAP.replace(
      '  await app.listen',
      '  app.select(AppModule);\n  await app.listen',
    );
    const tree = esmProject({ 'src/main.ts': main(lines) });
    await run(tree);
    const entry = tree.readText('src/main.local.ts');
    expect(countOf(entry, 'import { AppModule }')).toBe(1);
    expect(entry).not.toContain('RootModule');
    expect(entry).toContain('app.select(AppModule)');
  });

  it('with statements between its imports declares its module after all of them', async () => {
    const lines = `import * as dotenv from 'dotenv';\ndotenv.config();\n${main(BOOTSTRAP)}`;
    const tree = commonJsProject({ 'src/main.ts': lines });
    await run(tree);
    const [before] = tree.readText('src/main.local.ts').split('@Module(');
    expect(before).toContain('dotenv.config();');
    expect(before).toContain("from 'nestjs-propelauth/local'");
    expect(before).toContain('import { AppModule }');
  });

  it('keeps comments next to what they describe', async () => {
    const lines = BOOTSTRAP.replace('async function', '/** Boots. */\nasync function').replace(
      '  await app.listen',
      '  // The port.\n  await app.listen',
    );
    const tree = esmProject({ 'src/main.ts': main(lines) });
    await run(tree, { swagger: true });
    const entry = tree.readText('src/main.local.ts');
    expect(entry).toContain('/** Boots. */\nasync function');
    expect(entry).toContain('setUpSwagger(app);\n  // The port.\n  await app.listen');
  });

  it('with a top-level await gets Swagger UI', async () => {
    const lines = 'const app = await NestFactory.create(AppModule);\nawait app.listen(3000);';
    const tree = esmProject({ 'src/main.ts': main(lines) });
    await run(tree, { swagger: true });
    for (const path of ['src/main.ts', 'src/main.local.ts']) {
      expect(tree.readText(path)).toContain('setUpSwagger(app);\nawait app.listen');
    }
  });

  it('is started without a script if start:local is another script of the project', async () => {
    const scripts = { start: 'nest start', 'start:local': 'docker compose up' };
    const tree = esmProject({ 'package.json': packageJson({ type: 'module', scripts }) });
    const { printed } = await run(tree);
    expect(printed).toContain('npx nest start --entryFile main.local --watch');
    expect(printed).not.toContain('npm run start:local');
    expect(JSON.parse(tree.readText('package.json')).scripts).toEqual(scripts);
  });
});

describe('nest add', () => {
  it.each([
    [{ '@nestjs/config': '^12.0.0' }, true],
    [{}, false],
  ])('names the command for local users with %j and a .env: %s', async (dependencies, isNamed) => {
    const module = appModule('{ imports: [ConfigModule.forRoot()] }');
    const tree = esmProject({
      'package.json': packageJson({ type: 'module', dependencies }),
      'src/app.module.ts': `import { ConfigModule } from '@nestjs/config';\n${module}`,
    });
    const { printed } = await run(tree);
    expect(printed.includes('PROPELAUTH_AUTH_URL= npm run start:local')).toBe(isNamed);
  });

  it('imports with the extension of the project, whatever main.ts imports first', async () => {
    const text = `import pkg from '../package.json' with { type: 'json' };\n${main(BOOTSTRAP)}`;
    const tree = esmProject({ 'src/main.ts': text });
    await run(tree);
    expect(tree.readText('src/main.ts')).toContain("'./root.module.js'");
  });

  it('adds to the lists of a module whose keys have quotation marks', async () => {
    const tree = esmProject({
      'src/app.module.ts': appModule("{ 'controllers': [AppController] }"),
    });
    await run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(
      "'controllers': [AppController, MeController]",
    );
  });

  it.each([
    [
      'a MeController in another file',
      {
        'src/app.module.ts': `import { MeController } from './users/me.js';\n${appModule('{ controllers: [MeController] }')}`,
      },
    ],
    ['a file me.controller.ts', { 'src/me/me.controller.ts': '' }],
  ])('adds neither a route nor its test to a project with %s', async (_what, changes) => {
    const tree = esmProject(changes);
    const appModuleBefore = tree.readText('src/app.module.ts');
    const { printed, warnings } = await run(tree);
    expect(warnings).toEqual([expect.stringContaining('no protected route was added')]);
    expect(tree.readText('src/app.module.ts')).toBe(appModuleBefore);
    expect(tree.exists('test/me.e2e-spec.ts')).toBe(false);
    expect(printed).not.toContain('GET /me');
  });

  it('reads process.env if AppModule imports a ConfigModule of the project', async () => {
    const tree = esmProject({
      'package.json': packageJson({
        type: 'module',
        dependencies: { '@nestjs/config': '^12.0.0' },
      }),
      'src/app.module.ts': `import { ConfigModule } from './config.module.js';\n${appModule('{ imports: [ConfigModule] }')}`,
      'src/other.module.ts': "import { ConfigModule } from '@nestjs/config';\n",
    });
    await run(tree, { skipLocal: true });
    const module = tree.readText('src/app.module.ts');
    expect(module).toContain('authUrl: process.env.PROPELAUTH_AUTH_URL!');
    expect(module).not.toContain('ConfigService');
  });

  it('knows variables in .env.example that are exported, or have spaces', async () => {
    const text = 'export PROPELAUTH_AUTH_URL=a\nPROPELAUTH_API_KEY = b\n';
    const tree = esmProject({ '.env.example': text });
    await run(tree);
    expect(tree.readText('.env.example')).toBe(text);
  });

  it('edits a package.json with a byte order mark, and keeps that', async () => {
    const mark = '\uFEFF';
    const tree = esmProject();
    tree.overwrite('package.json', mark + tree.read('package.json')!.toString());
    await run(tree);
    const text = tree.read('package.json')!.toString();
    expect(text.startsWith(mark)).toBe(true);
    expect(JSON.parse(text.slice(1)).scripts).toHaveProperty(['start:local']);
  });

  it('finds the tests of a project whose sources are in its own folder', async () => {
    const changes = { 'src/main.ts': null, 'src/app.module.ts': null, 'main.ts': main(BOOTSTRAP) };
    const tree = esmProject({ ...changes, 'app.module.ts': appModule('{}') });
    const test = tree.readText('test/app.e2e-spec.ts').replace('./../src/', '../');
    tree.overwrite('test/app.e2e-spec.ts', test);
    await run(tree, { sourceRoot: '.' });
    expect(tree.readText('test/me.e2e-spec.ts')).toContain("from '../root.module.js'");
    expect(tree.readText('test/app.e2e-spec.ts')).toContain('imports: [RootModule]');
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
      /Import it from the file that declares it/,
    ],
    [
      'has controllers in an object that @Module() contains',
      { 'src/app.module.ts': appModule('{ ...common }') },
      /contains another object \(\.\.\.\), whose controllers/,
    ],
    [
      'has another class PropelAuthEvents',
      {
        'src/app.module.ts': `import { PropelAuthEvents } from './events.js';\n${appModule('{}')}`,
      },
      /has another class PropelAuthEvents/,
    ],
  ])('because it %s keeps all its files, with a message', async (_what, changes, message) => {
    const tree = esmProject(changes);
    const before = filesOf(tree);
    await expect(run(tree, { webhooks: true })).rejects.toThrow(message);
    expect(filesOf(tree)).toEqual(before);
  });
});
