/*
 * Looks for a suite that notices each mutant: first in the quick tests of all suites, and then, for what is left, in the slow ones.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/** In milliseconds: how long a suite may take for a mutant at first. */
const QUICK = 1000;

/** In milliseconds: how long all suites together may take for a mutant that none of them notices. */
const BUDGET = 20_000;

/** More than one for each processor: with a mutant, many a test does nothing but wait until its time is over. */
const WORKERS = 2 * availableParallelism();

export class Search {
  #files;
  #keys;
  #onProgress;
  /** The mutants that no suite has noticed, each with the time that is left for it. */
  #left;
  /** By the key of a mutant, the suite that noticed it. */
  #killed = {};
  #searched = new Set();
  /** Suites, each with the mutants for which it takes longer, and how long. */
  #slow = {};

  /** @param begun the outcome of a search that was not ended */
  constructor({ mutants, files, begun, onProgress }) {
    this.#files = files.toSorted((a, b) => orderOf(a) - orderOf(b));
    this.#keys = new Map(mutants.map(({ id, key }) => [id, key]));
    this.#onProgress = onProgress;
    Object.assign(this.#killed, begun?.killed);
    Object.assign(this.#slow, begun?.slow);
    this.#searched = new Set(begun?.searched);
    const left = mutants.filter(({ key }) => !(key in this.#killed));
    this.#left = new Map(left.map(({ id }) => [id, BUDGET]));
  }

  get outcome() {
    const survivors = Array.from(this.#left.keys(), (id) => this.#keys.get(id));
    const searched = [...this.#searched];
    return { killed: this.#killed, survivors, searched, slow: this.#slow };
  }

  /** @param killers by the key of a mutant, the suite that noticed it before */
  async tryFormerKillers(killers) {
    const isFormer = (file) => (id) => killers[this.#keys.get(id)] === file;
    await this.#tryIn(this.#files, BUDGET, isFormer, false);
  }

  async tryQuickTests() {
    const files = this.#files.filter((file) => !this.#searched.has(file));
    await this.#tryIn(files, QUICK, () => () => true, true);
  }

  /** What takes the least first. */
  async trySlowTests() {
    const shortest = (file) => Math.min(...Object.values(this.#slow[file]));
    const files = Object.keys(this.#slow).toSorted((a, b) => shortest(a) - shortest(b));
    await this.#tryIn(files, BUDGET, (file) => (id) => id in this.#slow[file], false);
  }

  async #tryIn(files, limit, isMeantFor, isQuick) {
    const waiting = [...files];
    const work = async () => {
      const worker = new Worker();
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const hasTime = (id) => this.#left.get(id) > 0;
        const ids = [...this.#left.keys()].filter(isMeantFor(file)).filter(hasTime);
        if (ids.length === 0) continue;
        const limits = ids.map((id) => [id, Math.min(limit, this.#left.get(id))]);
        this.#take(file, await worker.try({ file, limits: Object.fromEntries(limits), isQuick }));
      }
      worker.end();
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
  }

  #take(file, { killed, spent, slow, error, seconds }) {
    if (error === undefined) this.#searched.add(file);
    else console.error(`Not counted: ${error}`);
    for (const id of killed.filter((one) => this.#left.has(one))) {
      this.#left.delete(id);
      this.#killed[this.#keys.get(id)] = file;
    }
    for (const [id, time] of Object.entries(spent)) {
      if (this.#left.has(id)) this.#left.set(id, this.#left.get(id) - time);
    }
    this.#slow[file] = slow;
    if (Object.keys(slow).length === 0) delete this.#slow[file];
    console.log(`${file}: ${killed.length} killed, ${this.#left.size} left, ${seconds} s`);
    this.#onProgress(this.outcome);
  }
}

/** Unit specs first: they are quick. */
function orderOf(file) {
  return file.startsWith('lib/') ? 0 : 1;
}

/** A process that tries mutants. When it is full or has failed, the next suite gets a new one. */
class Worker {
  #process;

  async try(task) {
    this.#process ??= await this.#start();
    const began = performance.now();
    this.#process.send(task);
    const answer = await this.#answer();
    if (answer.isFull) this.end();
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const none = { killed: [], spent: {}, slow: {}, seconds };
    return answer.isEnded ? { ...none, error: `${task.file}: ended` } : { ...none, ...answer };
  }

  end() {
    this.#process?.kill();
    this.#process = undefined;
  }

  async #start() {
    const worker = fork(new URL('worker.mjs', import.meta.url), {
      execArgv: ['--max-old-space-size=3000', '--max-semi-space-size=64'],
      // What applications log.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await once(worker, 'message');
    return worker;
  }

  async #answer() {
    const waiting = new AbortController();
    const { signal } = waiting;
    const answer = await Promise.race([
      once(this.#process, 'message', { signal }).then(([message]) => message),
      once(this.#process, 'exit', { signal }).then(() => ({ isEnded: true, isFull: true })),
    ]);
    waiting.abort();
    return answer;
  }
}
