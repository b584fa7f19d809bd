const realProcess = { argv: process.argv, env: process.env, exit: process.exit.bind(process) };
const consoleError = console.error.bind(console);

afterEach(() => {
  Object.assign(process, realProcess);
  console.error = consoleError;
});

describe('main.ts', () => {
  it('exits with one message and code 1 if startup fails', async () => {
    const exitCodes: unknown[] = [];
    const messages: unknown[][] = [];
    Object.assign(process, {
      argv: ['node', 'main.js', '--local-issuer'],
      env: { NODE_ENV: 'production' },
      exit: (code: unknown) => exitCodes.push(code),
    });
    console.error = (...message) => messages.push(message);

    await import('./main.js');

    expect(exitCodes).toEqual([1]);
    expect(messages).toEqual([[expect.stringMatching(/^The sample app cannot start\. .*$/)]]);
  });
});
