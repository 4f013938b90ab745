// A limited amount of something. Its users take their shares in the order in which they come.

export class Budget {
  #left: number;
  /** What starts those that wait, with their shares. */
  readonly #waiting = new Map<() => void, number>();

  constructor(total: number) {
    this.#left = total;
  }

  /**
   * Resolves when there is enough left, or after the longest wait. Call the returned function to give the share back; a second
   * call has no effect.
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
