import type { Answer } from '../../support/propelauth-server.js';

/**
 * Answers that never come, or never end: the deadline passes as soon as the request is there. No time does.
 *
 * @param headersFirst whether the answer begins before it hangs
 */
export function hanging(headersFirst: boolean): { answer: Answer; deadlines: unknown[] } {
  const deadline = new AbortController();
  const deadlines: unknown[] = [];
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    deadlines.push(milliseconds);
    return deadline.signal;
  });
  const pass = () => deadline.abort(new DOMException('SECRET', 'TimeoutError'));
  return {
    deadlines,
    answer: (_request, response) => {
      if (!headersFirst) return pass();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{', pass);
    },
  };
}
