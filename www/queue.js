// A queue that runs at most a few jobs at once, in the order they came.

export class Queue {
  #limit;
  #running = 0;
  #waiting = new Map();

  constructor(limit) {
    this.#limit = limit;
  }

  /** Runs the job when there is room for it; `key` is to forget it by. A job never rejects. */
  add(key, job) {
    this.#waiting.set(key, job);
    this.#next();
  }

  /** Takes out a job that has not begun; says whether there was one. */
  forget(key) {
    return this.#waiting.delete(key);
  }

  #next() {
    for (const [key, job] of this.#waiting) {
      if (this.#running >= this.#limit) return;
      this.#waiting.delete(key);
      this.#running += 1;
      job().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }
}
