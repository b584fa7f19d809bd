import { HostTree, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import { nestAdd } from '../../schematics/nest-add/index.js';
import type { NestAddOptions } from '../../schematics/nest-add/index.js';

/** Files by path; null for one that is not there. */
export type Files = Record<string, string | null>;

/** What a run of the schematic printed and asked for. */
export interface Run {
  readonly printed: string;
  readonly warnings: string[];
  /** The names of the tasks, such as `node-package` for an installation. */
  readonly tasks: string[];
  /** The files that it wrote. */
  readonly written: string[];
}

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
await bootstrap();
`;

const APP_MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';

@Module({
  imports: [],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
`;

/** As the Nest CLI 12 writes it. */
export const END_TO_END_TEST = `import { Test, TestingModule } from '@nestjs/testing';
import { INestApplication } from '@nestjs/common';
import request from 'supertest';
import { App } from 'supertest/types.js';
import { AppModule } from './../src/app.module.js';

describe('AppController (e2e)', () => {
  let app: INestApplication<App>;

  beforeEach(async () => {
    const moduleFixture: TestingModule = await Test.createTestingModule({
      imports: [AppModule],
    }).compile();

    app = moduleFixture.createNestApplication();
    await app.init();
  });

  it('/ (GET)', () => {
    return request(app.getHttpServer())
      .get('/')
      .expect(200)
      .expect('Hello World!');
  });

  afterEach(async () => {
    await app.close();
  });
});
`;

/** An application as the Nest CLI 12 makes it, with ES modules and Vitest. */
export function esmProject(changes: Files = {}): Tree {
  return treeOf({
    'package.json': packageJson({
      type: 'module',
      dependencies: { '@nestjs/common': '^12.0.1', '@nestjs/platform-express': '^12.0.1' },
      devDependencies: { '@nestjs/testing': '^12.0.1', supertest: '^7.0.0', vitest: '^4.1.2' },
    }),
    'nest-cli.json': '{ "sourceRoot": "src" }',
    'src/main.ts': MAIN,
    'src/app.module.ts': APP_MODULE,
    'test/app.e2e-spec.ts': END_TO_END_TEST,
    ...changes,
  });
}

/** An application as the Nest CLI 11 makes it, with CommonJS and Jest. */
export function commonJsProject(changes: Files = {}): Tree {
  return treeOf({
    'package.json': packageJson({
      dependencies: { '@nestjs/common': '^11.0.1', '@nestjs/platform-express': '^11.0.1' },
      devDependencies: { '@nestjs/testing': '^11.0.1', supertest: '^7.0.0', jest: '^30.0.0' },
    }),
    'nest-cli.json': '{ "sourceRoot": "src" }',
    'src/main.ts': withoutExtensions(MAIN).replace('await bootstrap', 'bootstrap'),
    'src/app.module.ts': withoutExtensions(APP_MODULE),
    'test/app.e2e-spec.ts': withoutExtensions(END_TO_END_TEST),
    ...changes,
  });
}

/** The text of a package.json with the scripts of the Nest CLI. */
export function packageJson(content: object): string {
  const scripts = { start: 'nest start', 'start:dev': 'nest start --watch', 'test:e2e': 'test' };
  return `${JSON.stringify({ name: 'my-app', scripts, ...content }, null, 2)}\n`;
}

export function withoutExtensions(text: string): string {
  return text.replaceAll(".js'", "'");
}

function treeOf(files: Files): Tree {
  const tree = new HostTree();
  for (const [path, text] of Object.entries(files)) {
    if (text !== null) tree.create(path, text);
  }
  return tree;
}

/** The texts of all files. */
export function filesOf(tree: Tree): Record<string, string> {
  const files: Record<string, string> = {};
  tree.visit((path) => {
    files[path.slice(1)] = tree.readText(path);
  });
  return files;
}

/** Runs the schematic as `nest add nestjs-propelauth` does, which writes nothing after an error. */
export function run(tree: Tree, options: NestAddOptions = {}): Run {
  const printed: string[] = [];
  const warnings: string[] = [];
  const tasks: string[] = [];
  const before = filesOf(tree);
  const context = {
    logger: {
      info: (line: string) => printed.push(line),
      warn: (line: string) => warnings.push(line),
    },
    addTask: (task: { toConfiguration(): { name: string } }) =>
      tasks.push(task.toConfiguration().name),
  } as unknown as SchematicContext;
  const branch = tree.branch();
  void nestAdd(options)(branch, context);
  tree.merge(branch);
  const written = Object.entries(filesOf(tree))
    .filter(([path, text]) => before[path] !== text)
    .map(([path]) => path)
    .toSorted();
  return { printed: printed.join('\n'), warnings, tasks, written };
}
