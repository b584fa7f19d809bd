import { esmProject, filesOf, packageJson, run } from './project-tree.js';

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

describe('A main.ts', () => {
  it('with a top-level await gets Swagger UI', () => {
    const lines = 'const app = await NestFactory.create(AppModule);\nawait app.listen(3000);';
    const tree = esmProject({ 'src/main.ts': main(lines) });
    run(tree, { swagger: true });
    expect(tree.readText('src/main.ts')).toContain('setUpSwagger(app);\nawait app.listen');
  });

  it('with a type in its call and options starts AppModule as before', () => {
    const lines = BOOTSTRAP.replace('create(AppModule)', 'create<App>(AppModule, { cors: true })');
    const tree = esmProject({ 'src/main.ts': main(lines) });
    run(tree);
    expect(tree.readText('src/main.ts')).toBe(main(lines));
    expect(tree.readText('src/app.module.ts')).toContain('PropelAuthModule.forRoot(');
  });
});

describe('nest add', () => {
  it('adds no script if start:local is another script of the project', () => {
    const scripts = { start: 'nest start', 'start:local': 'docker compose up' };
    const tree = esmProject({ 'package.json': packageJson({ type: 'module', scripts }) });
    const { printed } = run(tree);
    expect(printed).toContain(
      'npx propelauth-emulator exec --call http://localhost:3000/me -- nest start --watch --preserveWatchOutput',
    );
    expect(printed).not.toContain('npm run start:local');
    expect(JSON.parse(tree.readText('package.json')).scripts).toEqual(scripts);
  });

  it('imports with the extension of the project, whatever main.ts imports first', () => {
    const text = `import pkg from '../package.json' with { type: 'json' };\n${main(BOOTSTRAP)}`;
    const tree = esmProject({ 'src/main.ts': text });
    run(tree);
    expect(tree.readText('src/app.module.ts')).toContain("'./me/me.controller.js'");
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
    ['no list', '  imports: [],\n', '  controllers: [MeController],\n  imports: ['],
  ])('adds to an AppModule with %s', (_what, metadata, added) => {
    const tree = esmProject({ 'src/app.module.ts': appModule(metadata) });
    run(tree);
    expect(tree.readText('src/app.module.ts')).toContain(added);
  });

  it('adds to AppModule, and not to another module in its file', () => {
    const other =
      '@Module({\n  imports: [],\n  controllers: [],\n})\nexport class OtherModule {}\n\n';
    const text = appModule('  controllers: [],\n').replace('@Module', `${other}@Module`);
    const tree = esmProject({ 'src/app.module.ts': text });
    run(tree);
    const edited = tree.readText('src/app.module.ts');
    expect(edited).toContain(`${other}@Module({\n  imports: [\n    PropelAuthModule.forRoot(`);
    expect(edited).toContain('controllers: [MeController],');
  });

  it('declares its imports after all others, between which there can be statements', () => {
    const imports =
      "import { A } from './a.js'; // Comes first.\nconfigure();\nimport { B } from './b.js';\n";
    const tree = esmProject({ 'src/app.module.ts': imports + appModule('  imports: [A, B],\n') });
    run(tree);
    const [before] = tree.readText('src/app.module.ts').split('@Module(');
    expect(before).toContain(imports.split('import { B }')[0]);
    expect(before).toMatch(/import \{ PropelAuthModule \} from 'nestjs-propelauth';/);
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
    const controllersOf = () => /controllers: .*/.exec(tree.readText('src/app.module.ts'))?.[0];
    const before = controllersOf();
    const { printed, warnings } = run(tree);
    expect(warnings).toEqual([expect.stringContaining('No MeController was added')]);
    expect(controllersOf()).toBe(before);
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
    run(tree);
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
    expect(tree.readText('test/me.e2e-spec.ts')).toContain("from '../app.module.js'");
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
      /with a line such as imports: \[\]/,
    ],
    [
      'has an AppModule on one line',
      { 'src/app.module.ts': '@Module({ controllers: [] })\nexport class AppModule {}\n' },
      /with a line such as imports: \[\]/,
    ],
  ])('because it %s keeps all its files, with a message', (_what, changes, message) => {
    const tree = esmProject(changes);
    const before = filesOf(tree);
    expect(() => run(tree, { webhooks: true })).toThrow(message);
    expect(filesOf(tree)).toEqual(before);
  });
});
