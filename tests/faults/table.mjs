// The table at the end of a full run: for each request and point, how the broken upload ended with either host.

/** What each case ended in, by its route, request, point and host. */
export class Table {
  #rows = new Map();

  add({ route, request, point, host }, word) {
    const key = `${route} · ${request.name} · ${point.name}`;
    this.#rows.set(key, { ...this.#rows.get(key), [host]: word });
  }

  /** Rows that say the same of one request are one. */
  print(log = console.log) {
    const requests = new Map();
    for (const [key, { worker = '-', main = '-' }] of this.#rows) {
      const [route, request, point] = key.split(' · ');
      const word = worker === main ? worker : `${worker} (worker), ${main} (main)`;
      const of = `${route} · ${request}`;
      const words = requests.get(of) ?? new Map();
      words.set(word, [...(words.get(word) ?? []), point]);
      requests.set(of, words);
    }
    for (const [request, words] of requests) {
      for (const [word, points] of words) log(`${request.padEnd(28)} ${word.padEnd(12)} ${points.join(', ')}`);
    }
  }
}
