import type { HandlerDescription } from 'nestjs-propelauth';

/** What the terminal says once the app listens. */
export function startMessage(origin: string, handlers: readonly HandlerDescription[]): string {
  return [
    '',
    `The sample app runs at ${origin}`,
    '',
    `  Docs  ${origin}/docs`,
    '',
    'Who may call which route',
    '',
    ...accessLines(handlers),
    '',
  ].join('\n');
}

function accessLines(handlers: readonly HandlerDescription[]): string[] {
  const width = Math.max(...handlers.map(({ name }) => name.length));
  return handlers.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}
