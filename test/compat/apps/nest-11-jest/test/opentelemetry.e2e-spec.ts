import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { accessToken, environment } from './issuer';
import { calls, makeCall, reachedHandlers } from './mixed-rules';

const folder = join(__dirname, '../dist/opentelemetry');

/** How long the application may take to start, in milliseconds. */
const DEADLINE = 60_000;

interface Span {
  name: string;
  attributes: Record<string, unknown>;
}

// In a process of its own: the hooks of OpenTelemetry do not see what Jest loads.
describe('Under @opentelemetry/instrumentation-nestjs-core', () => {
  let child: ChildProcess;
  let exited: Promise<unknown[]>;
  let url: string;

  beforeAll(async () => {
    child = fork(join(folder, 'main.js'), {
      execArgv: ['--require', join(folder, 'tracing.js')],
      env: { ...process.env, ...environment },
    });
    exited = once(child, 'exit');
    [url] = (await Promise.race([once(child, 'message'), exited])) as [string];
  }, DEADLINE);

  afterAll(async () => {
    child.kill();
    await exited;
  });

  describe.each(['singleton', 'request-scoped'])('a %s controller', (controller) => {
    it.each(calls)('returns $name', async (call) => {
      expect(await makeCall(call, `${url}/${controller}`)).toEqual(call.answer);
    });

    it('has wrapped handlers', async () => {
      await recordedSpans();
      for (const call of calls) await makeCall(call, `${url}/${controller}`);
      const spans = (await recordedSpans()).filter(isOfHandler);
      expect(spans.map(({ name }) => name)).toEqual(reachedHandlers);
    });
  });

  it('sets the caller on the active span, with the plugin telemetry()', async () => {
    await recordedSpans();
    const call = { path: 'account', token: accessToken() };
    expect((await makeCall(call, `${url}/singleton`)).status).toBe(200);
    const callers = (await recordedSpans()).map(({ attributes }) => attributes['user.id']);
    expect(callers.filter((id) => id !== undefined)).toEqual(['alice']);
  });

  /** The spans since the last time. */
  async function recordedSpans(): Promise<Span[]> {
    const answer = once(child, 'message');
    child.send('spans');
    const [spans] = (await answer) as [Span[]];
    return spans;
  }
});

/** Whether the function that wraps a handler has recorded the span. */
function isOfHandler({ attributes }: Span): boolean {
  return attributes['nestjs.type'] === 'handler';
}
