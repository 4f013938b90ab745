// The table at the end of a full run: for each request and point, how the broken upload ended with either host.

export class Table {
  #rows = new Map();

  /** Notes the result of a case. */
  add({ route, request, point, host }, result) {
    const key = `${route} · ${request.name} · ${point.name}`;
    this.#rows.set(key, { ...this.#rows.get(key), [host]: result });
  }

  /** Prints one line for all points of a request that have the same results. */
  print(log = console.log) {
    const requests = new Map();
    for (const [key, { worker = '-', main = '-' }] of this.#rows) {
      const [route, request, point] = key.split(' · ');
      const result = worker === main ? worker : `${worker} (worker), ${main} (main)`;
      const name = `${route} · ${request}`;
      const results = requests.get(name) ?? new Map();
      results.set(result, [...(results.get(result) ?? []), point]);
      requests.set(name, results);
    }
    for (const [name, results] of requests) {
      for (const [result, points] of results) log(`${name.padEnd(28)} ${result.padEnd(12)} ${points.join('; ')}`);
    }
  }
}
