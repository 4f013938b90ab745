// A limited amount of something. Its users take their shares in the order in which they come.

export class Budget {
  #left: number;
  readonly #waiting = new Set<{ amount: number; start: () => void }>();

  constructor(total: number) {
    this.#left = total;
  }

  /**
   * Resolves when there is enough left, or after the longest wait. Call the returned function to give the share back; a second
   * call has no effect.
   */
  async take(amount: number, maxWaitMillis?: number): Promise<() => void> {
    await new Promise<void>((resolve) => {
      const share = {
        amount,
        start: () => {
          this.#waiting.delete(share);
          clearTimeout(timer);
          this.#left -= amount;
          resolve();
        },
      };
      this.#waiting.add(share);
      const timer = maxWaitMillis === undefined ? undefined : setTimeout(share.start, maxWaitMillis);
      this.#startWaiting();
    });
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#left += amount;
      this.#startWaiting();
    };
  }

  #startWaiting(): void {
    for (const share of this.#waiting) {
      if (share.amount > this.#left) return;
      share.start();
    }
  }
}
