// Limits how often a function runs.

export class Throttle {
  readonly #run: () => void;
  readonly #intervalMillis: number;
  #lastRunAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(run: () => void, intervalMillis: number) {
    this.#run = run;
    this.#intervalMillis = intervalMillis;
  }

  /** Runs the function now, or when the interval since the last run is over. */
  request(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#lastRunAt + this.#intervalMillis - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.flush(), wait);
    else this.flush();
  }

  /** Runs the function now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastRunAt = performance.now();
    this.#run();
  }
}
