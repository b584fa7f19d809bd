import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { tap } from 'rxjs';

/** What a handler of the victims says when it runs: its name, and who it takes the caller for. No attack can write it. */
export function letIn(handler: string, caller: string | undefined): string {
  return `letIn:${handler}:${caller}`;
}

/** Every handler that ran, as text that came back tells it. */
export function handlersIn(text: string): { handler: string; caller: string }[] {
  return [...text.matchAll(/letIn:([\w-]+):([\w-]+)/g)].map(([, handler, caller]) => ({
    handler: handler as string,
    caller: caller as string,
  }));
}

/** Says it in a header as well: an answer to HEAD has no body. */
export class LetInHeader implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<{ answer: string }>) {
    const response = context
      .switchToHttp()
      .getResponse<{ header(name: string, value: string): void }>();
    return next.handle().pipe(tap(({ answer }) => response.header('X-Answer', answer)));
  }
}
