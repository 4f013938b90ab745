// The steps of one call under the fake: the page can pause and cancel it between them.

/** Thrown when the page has cancelled the call. */
export class Cancelled extends Error {}

export class Control {
  #isCancelled = false;
  #isPaused = false;
  /** Whether the page knows that the call is paused. */
  #isReported = false;
  /** Whether the call was paused since the last step. */
  #wasPaused = false;
  /** Ends the wait for a change. */
  #change = () => {};
  readonly #stepMillis: number;
  readonly #onPaused: () => void;

  /** `onPaused` is called when the call has stopped after a pause. */
  constructor(stepMillis: number, onPaused: () => void) {
    this.#stepMillis = stepMillis;
    this.#onPaused = onPaused;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#change();
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) this.#isReported = false;
    this.#change();
  }

  /**
   * Waits for one step, and until the call is not paused. Resolves to whether it was.
   * @throws {Cancelled}
   */
  async step(): Promise<boolean> {
    const millis = this.#stepMillis;
    await this.wait(millis > 0 ? new Promise((resolve) => setTimeout(resolve, millis)) : Promise.resolve());
    while (this.#isPaused) await this.#whileUnchanged();
    const wasPaused = this.#wasPaused;
    this.#wasPaused = false;
    return wasPaused;
  }

  /**
   * Waits for a promise. A pause is reported, but does not make the wait longer.
   * @throws {Cancelled}
   */
  async wait<T>(promise: PromiseLike<T>): Promise<T> {
    let result: { value: T } | undefined;
    const settled = Promise.resolve(promise).then((value) => {
      result = { value };
    });
    // If the call is cancelled, nothing waits for it.
    settled.catch(() => {});
    do await this.#whileUnchanged(settled);
    while (!result);
    return result.value;
  }

  /** Waits for a cancellation, a change of the pause or the promise. */
  async #whileUnchanged(promise?: Promise<void>): Promise<void> {
    const change = new Promise<void>((resolve) => {
      this.#change = resolve;
    });
    if (this.#isPaused) this.#reportPause();
    if (!this.#isCancelled) await (promise ? Promise.race([promise, change]) : change);
    if (this.#isCancelled) throw new Cancelled();
  }

  #reportPause(): void {
    this.#wasPaused = true;
    if (!this.#isReported) this.#onPaused();
    this.#isReported = true;
  }
}
