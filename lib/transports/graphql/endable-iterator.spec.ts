import { AsyncLocalStorage } from 'node:async_hooks';
import { EndableIterator } from './endable-iterator.js';

/** Events that are sent by hand. */
class Source implements AsyncIterator<string> {
  returned = 0;
  private readonly calls: { resolve: (result: IteratorResult<string>) => void }[] = [];

  next(): Promise<IteratorResult<string>> {
    return new Promise((resolve) => this.calls.push({ resolve }));
  }

  async return(): Promise<IteratorResult<string>> {
    this.returned++;
    return { done: true, value: undefined };
  }

  send(value: string): void {
    this.calls.shift()!.resolve({ done: false, value });
  }

  complete(): void {
    this.calls.shift()!.resolve({ done: true, value: undefined });
  }
}

const DONE = { done: true, value: undefined };

describe('EndableIterator', () => {
  let source: Source;
  let ends: number;
  let iterator: EndableIterator<string>;

  beforeEach(() => {
    source = new Source();
    ends = 0;
    iterator = new EndableIterator(source, () => ends++);
  });

  it('passes events on, and reports when it has ended by itself', async () => {
    const [first, second] = [iterator.next(), iterator.next()];
    source.send('a');
    source.complete();
    expect(await first).toEqual({ done: false, value: 'a' });
    expect(await second).toEqual(DONE);
    expect(ends).toBe(1);
    expect(await iterator.next()).toEqual(DONE);
    expect(await iterator.return()).toEqual(DONE);
    expect(ends).toBe(1);
  });

  it('ends when its reader stops, even while waiting for an event', async () => {
    const waiting = iterator.next();
    expect(await iterator.return()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
    expect([source.returned, ends]).toEqual([1, 1]);
  });

  it('passes errors of the source to its reader', async () => {
    const failing = new EndableIterator(
      { next: () => Promise.reject(new Error('broken')) },
      () => ends++,
    );
    await expect(failing.next()).rejects.toThrow('broken');
    expect(ends).toBe(1);
    source.return = () => Promise.reject(new Error('not closed'));
    await expect(iterator.return()).rejects.toThrow('not closed');
  });

  it('passes no event on after it ended, and stops the source', async () => {
    const waiting = iterator.next();
    iterator.end();
    source.send('late');
    expect(await waiting).toEqual(DONE);
    expect(await iterator.next()).toEqual(DONE);
    iterator.end();
    expect([source.returned, ends]).toEqual([1, 1]);
  });

  it('ends whatever happens to the source', async () => {
    const waiting = iterator.next();
    source.return = () => {
      throw new Error('broken');
    };
    iterator.end();
    expect(await waiting).toEqual(DONE);
    const simple = new EndableIterator({ next: () => source.next() }, () => {});
    simple.end();
    expect(await simple.next()).toEqual(DONE);
  });

  it.each([
    ['waits', true],
    ['is about to wait', false],
  ])('ends with an error, once, for a reader who %s for an event', async (_when, waits) => {
    const early = waits ? iterator.next() : undefined;
    iterator.end(new Error('access has changed'));
    await expect(early ?? iterator.next()).rejects.toThrow('access has changed');
    expect(await iterator.next()).toEqual(DONE);
  });
});

describe('The source of an EndableIterator', () => {
  it('cleans up in the context in which it was opened, whatever ends it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const found: unknown[] = [];
    async function* events() {
      try {
        yield storage.getStore();
      } finally {
        found.push(storage.getStore());
      }
    }
    const iterator = storage.run('subscriber', () => new EndableIterator(events(), () => {}));
    await iterator.next();
    storage.run('another', () => iterator.end());
    await new Promise((resolve) => setImmediate(resolve));
    expect(found).toEqual(['subscriber']);
  });
});
