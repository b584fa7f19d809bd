import type { Answer } from './answer.js';

export class Question {
  /** When the question was sent, by the monotonic clock, in seconds; `undefined` while the question waits. */
  askedAt: number | undefined;
  /** Whether the question was sent a second time. */
  isRepeated = false;
  answer!: (answer: Answer) => void;
  readonly answered = new Promise<Answer>((resolve) => (this.answer = resolve));

  /** @param isSecond whether an earlier question about the user is still pending */
  constructor(
    readonly userId: string,
    readonly isSecond = false,
  ) {}
}
