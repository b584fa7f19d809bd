/** How long an answer counts for one request or message. A library may use the objects of a message again. */
const SHARED_MILLISECONDS = 10_000;

/** What the application said last for a request or message. All handlers that it reaches share it. */
export class OncePerLifetime<Question, Answer> {
  readonly #answers = new WeakMap<
    object,
    { readonly question: Question; readonly answer: Promise<Answer>; readonly askedAt: number }
  >();

  of(
    lifetime: object | undefined,
    question: Question,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    if (lifetime === undefined) return ask();
    const earlier = this.#answers.get(lifetime);
    const askedAt = performance.now();
    if (earlier?.question === question && askedAt - earlier.askedAt < SHARED_MILLISECONDS) {
      return earlier.answer;
    }
    const answer = ask();
    this.#answers.set(lifetime, { question, answer, askedAt });
    return answer;
  }
}
