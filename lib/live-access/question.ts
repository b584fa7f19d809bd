import type { Answer } from './answer.js';

/** A question about one user. */
export class Question {
  /** When it was sent, by the monotonic clock in seconds; `undefined` while it waits. */
  askedAt: number | undefined;
  /** Whether PropelAuth has been asked twice. */
  isRepeated = false;
  answer!: (answer: Answer) => void;
  readonly answered = new Promise<Answer>((resolve) => (this.answer = resolve));

  /** @param isSecond whether an earlier one about the user is not answered yet */
  constructor(
    readonly userId: string,
    readonly isSecond = false,
  ) {}
}
