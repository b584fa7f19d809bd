/** Sets the clock of a process forward, for `--import shifted-clock.mjs?seconds=20`. The monotonic clock stays as it is. */
const milliseconds = Number(new URL(import.meta.url).searchParams.get('seconds')) * 1_000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + milliseconds] : args));
  }

  static now() {
    return RealDate.now() + milliseconds;
  }
};
