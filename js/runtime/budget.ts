// A limited resource, for example memory. Shares are granted in the order of the requests.

export class Budget {
  #left: number;
  /** The functions that start waiting users, with their shares. */
  readonly #waiting = new Map<() => void, number>();

  constructor(total: number) {
    this.#left = total;
  }

  /**
   * Resolves when enough is left, or after `maxWaitMillis`. Call the returned function to return the share; a second call has no
   * effect.
   */
  async take(share: number, maxWaitMillis?: number): Promise<() => void> {
    await new Promise<void>((resolve) => {
      const start = () => {
        this.#waiting.delete(start);
        clearTimeout(timer);
        this.#left -= share;
        resolve();
      };
      this.#waiting.set(start, share);
      const timer = maxWaitMillis && setTimeout(start, maxWaitMillis);
      this.#startWaiting();
    });
    let taken = share;
    return () => {
      this.#left += taken;
      taken = 0;
      this.#startWaiting();
    };
  }

  #startWaiting(): void {
    for (const [start, share] of this.#waiting) {
      if (share > this.#left) return;
      start();
    }
  }
}
