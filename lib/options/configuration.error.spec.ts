import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import ts from 'typescript';
import { PropelAuthConfigurationError } from './configuration.error.js';

const MESSAGE = 'authUrl is missing. Set it to the Auth URL from the Backend Integration page.';
const LINE = `PropelAuthConfigurationError: ${MESSAGE}`;

/** Frames as they are in an application that has installed the package. */
const FRAMES = [
  '    at resolve (/app/node_modules/nestjs-propelauth/dist/core.js:84:63)',
  String.raw`    at Injector.load (C:\app\node_modules\@nestjs\core\injector.js:674:55)`,
  '    at /app/src/app.module.ts:7:21',
  '    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
];

describe('A configuration error', () => {
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  afterEach(() => {
    if (prepare === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Object.defineProperty(Error, 'prepareStackTrace', prepare);
  });

  it('has the frames of the application in its stack, and none of Node.js and installed packages', () => {
    Error.prepareStackTrace = () => ['Error', ...FRAMES].join('\n');
    const error = new PropelAuthConfigurationError(MESSAGE);
    expect(error.stack).toBe(`${LINE}\n${FRAMES[2]}`);
    expect(inspect(error)).toContain(LINE);
    expect(Object.keys(error)).not.toContain('stack');
  });

  it('has its whole message in the stack, however many lines it has', () => {
    const { stack } = new PropelAuthConfigurationError(
      'Options are missing.\n- authUrl\n    at once',
    );
    expect(stack).toMatch(
      /^PropelAuthConfigurationError: Options are missing\.\n- authUrl\n {4}at once\n {4}at /,
    );
  });

  it('that nobody catches is printed without the line of code that throws it', () => {
    const source = readFileSync('lib/options/configuration.error.ts', 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const script = `${outputText}\nsetImmediate(async () => { throw new PropelAuthConfigurationError('wrong'); });`;
    const args = ['--input-type=module', '--eval', script];
    const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toContain('PropelAuthConfigurationError: wrong');
    expect(stderr).not.toContain('throw new');
  });
});
