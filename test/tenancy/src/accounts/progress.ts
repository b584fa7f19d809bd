import cliProgress from 'cli-progress';

/** Shows how far a run is. */
export interface Progress {
  show(what: string, done: number, total: number): void;
  note(line: string): void;
  end(): void;
}

/** A progress bar in a terminal, and a line per page elsewhere, such as in the log of a job. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? new Bars(stream) : new Lines(stream);
}

class Bars implements Progress {
  private readonly bars: cliProgress.MultiBar;
  private readonly byName = new Map<string, cliProgress.SingleBar>();

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.bars = new cliProgress.MultiBar({
      stream,
      format: '{what} [{bar}] {value} of {total}',
    });
  }

  show(what: string, done: number, total: number): void {
    const bar = this.byName.get(what) ?? this.bars.create(total, 0, { what });
    this.byName.set(what, bar);
    bar.setTotal(total);
    bar.update(done);
  }

  note(line: string): void {
    // Above the bars, which write it once there is one.
    if (this.byName.size > 0) this.bars.log(`${line}\n`);
    else this.stream.write(`${line}\n`);
  }

  end(): void {
    this.bars.stop();
  }
}

class Lines implements Progress {
  constructor(private readonly stream: NodeJS.WritableStream) {}

  show(what: string, done: number, total: number): void {
    this.stream.write(`${what} ${done} of ${total}\n`);
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  end(): void {}
}
