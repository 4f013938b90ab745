// A simple model of the queue. It does each operation on the real queue and on itself, and compares the two: some things
// hold at every moment, so each listener checks them, the others once everything that is due has run.

import assert from 'node:assert/strict';

const EVENTS = [
  ...['file-added', 'file-removed', 'upload-start', 'upload-event', 'upload-progress', 'upload-retry'],
  ...['upload-success', 'upload-error', 'complete'],
];
/** Where only the queue knows its reason for an abort. */
const ANY = Symbol('any reason');

const isOver = ({ status }) => ['succeeded', 'failed', 'aborted'].includes(status);
const hasFailed = ({ status }) => status === 'failed' || status === 'aborted';

/** The uploads that an operation is for. */
const CONCERNS = {
  park: ({ task }) => task.status === 'uploading',
  nudge: ({ task }) => task.status === 'uploading',
  pause: ({ task, isPaused }) => !isPaused && !isOver(task),
  resume: ({ isPaused }) => isPaused,
  retry: ({ task, isRemoved }) => !isRemoved && task.status !== 'succeeded',
  abort: ({ task }) => !isOver(task),
  signal: ({ controller }) => controller,
};

const turn = () => new Promise(setImmediate);

export class Model {
  /** The expected state of each upload, from operations and events. */
  items = new Map();
  calls = [];
  /** Whether a wait was ended since the last check. */
  isNudged = false;
  /** The files of running calls of `addAll`. */
  toAdd = new Set();
  cancelled = new Set();
  ended = new Set();
  problems = [];
  isBusy = false;
  isPaused = false;
  /** Calls that must settle when the queue is idle. */
  pending = 0;
  adding = 0;
  turns = 0;
  names = 0;

  constructor({ Uploader, script }, { concurrency, autoProceed }) {
    Object.assign(this, { concurrency, most: concurrency, proceeds: autoProceed });
    script.called = this.guarded((call) => this.called(call));
    globalThis.reportError = (error) => this.problems.push(error);
    this.uploader = new Uploader({ provider: 'modelhunter', concurrency, autoProceed });
    for (const name of EVENTS)
      this.uploader.on(
        name,
        this.guarded((...facts) => this.onEvent(name, ...facts)),
      );
  }

  /** The queue catches what a listener throws, so the model keeps it. */
  guarded(act) {
    return (...facts) => {
      if (this.isFinished) return;
      try {
        act(...facts);
        this.checkAlways();
      } catch (error) {
        this.problems.push(error);
      }
    };
  }

  /** The model of an upload, which may be new. */
  item(task) {
    if (!this.items.has(task)) {
      assert.ok(!this.cancelled.has(task.source), 'addAll was cancelled');
      this.toAdd.delete(task.source);
      const item = { task, expected: [], count: { abort: 0, pause: 0, resume: 0, retry: 0 } };
      this.items.set(task, item);
      this.enter(item);
      for (const verb of Object.keys(item.count)) this.spy(item, verb);
    }
    return this.items.get(task);
  }

  /** Whoever acts on an upload comes by here: a person, a signal, or the queue. */
  spy(item, verb) {
    const { task } = item;
    const act = task[verb];
    task[verb] = (...given) => {
      item.count[verb] += 1;
      if (verb === 'retry' && !item.isClosed && hasFailed(task)) this.enter(item);
      if (verb === 'resume') item.isPaused = false;
      if (verb === 'pause') item.isPaused = !isOver(task);
      if (verb === 'abort' && !isOver(task)) {
        const [reason] = given.length > 0 ? given : [ANY];
        item.expected.push(reason);
        this.end(item, reason);
      }
      act.apply(task, given);
    };
  }

  enter(item) {
    Object.assign(item, { isPaused: false, hasBegun: false, isStarted: false, call: undefined, turn: this.turns++ });
    this.isBusy = true;
    this.ended.delete(item);
  }

  /** Acts on the queue, which must act so on each of these uploads. */
  onEach(verb, concerns, act) {
    const concerned = [...this.items.values()].filter(concerns).map((item) => [item, item.count[verb]]);
    act();
    for (const [{ count }, before] of concerned) assert.ok(count[verb] > before, `${verb} of each`);
  }

  end(item, end) {
    item.end = end;
    if (!item.isRemoved) this.ended.add(item);
  }

  called(call) {
    const item = [...this.items.values()].find(({ task }) => task.source === call.source);
    assert.ok(!item.isRemoved, 'a removed upload runs');
    assert.ok(!item.call || item.call.isOver, 'an upload runs twice at a time');
    item.call = call;
    this.calls.push(call);
  }

  onEvent(name, task, fact) {
    if (name === 'complete') return this.completed(task);
    const item = this.item(task);
    assert.ok(!item.isGone, `${name} after file-removed`);
    if (name === 'file-removed') item.isGone = true;
    else if (name === 'upload-start') {
      assert.ok(item.hasBegun && !item.isStarted, 'upload-start comes once for each try');
      item.isStarted = true;
    } else if (name === 'upload-event' && fact.type === 'status' && fact.status === 'uploading') {
      if (!item.hasBegun) this.begins(item);
    } else if (name === 'upload-success') {
      assert.equal(fact.ref, item.call.asset.ref);
      this.end(item, fact);
    } else if (name === 'upload-error' && item.expected.length > 0) {
      const reason = item.expected.shift();
      if (reason === ANY) item.end = fact;
      else assert.equal(fact, reason);
    } else if (name === 'upload-error') {
      assert.equal(fact, item.call.error);
      this.end(item, fact);
    }
  }

  begins(item) {
    assert.ok(!item.isRemoved && !item.isPaused, 'it may not begin');
    assert.ok(this.proceeds && !this.isPaused, 'the queue may not begin anything');
    for (const other of this.items.values()) {
      if (other === item || other.task.status !== 'queued') continue;
      assert.ok(!other.hasBegun, 'one that was resumed is next');
      assert.ok(other.turn > item.turn, 'it is the turn of another');
    }
    item.hasBegun = true;
  }

  completed({ successful, failed }) {
    for (const { task } of this.items.values()) assert.ok(isOver(task), 'complete before all are over');
    assert.ok(this.isBusy, 'complete twice');
    this.isBusy = false;
    const ends = [...this.ended];
    this.ended.clear();
    assert.deepEqual(new Set([...successful, ...failed]), new Set(ends.map(({ end }) => end)));
    assert.equal(successful.length, ends.filter(({ task }) => task.status === 'succeeded').length);
  }

  /** Does operations when it is called. */
  doing(operations) {
    return this.guarded(() => {
      for (const operation of operations) this.do(operation);
    });
  }

  /** Does an operation, now. `at` picks a call of the core, or an upload: mostly one that it makes a difference to. */
  do({ type, at = 0, ...more }) {
    const items = [...this.items.values()];
    const some = items.filter(CONCERNS[type] ?? (() => true));
    const pick = (list) => list[at % list.length];
    const call = pick(this.calls.filter((call) => !call.isOver));
    this[type]({ item: pick(some.length > 0 && at % 5 ? some : items), call, ...more });
    this.checkAlways();
  }

  add({ hasSignal }) {
    const controller = hasSignal ? new AbortController() : undefined;
    const file = new File([new Uint8Array((this.names * 7) % 20)], `${this.names++}`);
    const task = this.uploader.add(file, controller && { signal: controller.signal });
    this.item(task).controller = controller;
  }

  async addAll({ size }) {
    this.adding += 1;
    const files = Array.from({ length: size }, () => new File(['text'], `${this.names++}`));
    for (const file of files) this.toAdd.add(file);
    await this.uploader.addAll(files);
    this.adding -= 1;
  }

  async start() {
    this.proceeds = true;
    this.pending += 1;
    await this.uploader.start();
    this.pending -= 1;
  }

  pauseAll() {
    this.isPaused = true;
    const concerns = ({ task, hasBegun, isPaused }) => hasBegun && !isPaused && !isOver(task);
    this.onEach('pause', concerns, () => this.uploader.pauseAll());
  }

  resumeAll() {
    this.isPaused = false;
    const concerns = ({ task, isPaused }) => isPaused && !isOver(task);
    this.onEach('resume', concerns, () => this.uploader.resumeAll());
  }

  retryAll() {
    const concerns = ({ task, isClosed, end }) => hasFailed(task) && !isClosed && !end?.outcomeUnknown;
    const outcomeUnknown = [...this.items.values()].filter(({ task, end }) => hasFailed(task) && end?.outcomeUnknown);
    const before = outcomeUnknown.map(({ count }) => count.retry);
    this.onEach('retry', concerns, () => this.uploader.retryAll());
    assert.deepEqual(
      outcomeUnknown.map(({ count }) => count.retry),
      before,
      'what is outcomeUnknown is not retried',
    );
  }

  cancelAll() {
    this.aborting(() => this.uploader.cancelAll(new Error('cancelled')));
  }

  aborting(act) {
    for (const file of this.toAdd) this.cancelled.add(file);
    this.onEach('abort', ({ task }) => !isOver(task), act);
  }

  options({ concurrency }) {
    this.concurrency = concurrency;
    this.uploader.options = { ...this.uploader.options, concurrency };
  }

  async dispose() {
    for (const item of this.items.values()) item.isClosed = true;
    this.pending += 1;
    let disposed;
    this.aborting(() => {
      disposed = this.uploader[Symbol.asyncDispose]();
    });
    await disposed;
    this.pending -= 1;
  }

  pause({ item }) {
    item?.task.pause();
  }

  resume({ item }) {
    item?.task.resume();
  }

  retry({ item }) {
    item?.task.retry();
  }

  abort({ item }) {
    item?.task.abort(new Error('aborted'));
  }

  signal({ item }) {
    const { controller, task } = item ?? {};
    if (!controller || controller.signal.aborted) return;
    controller.abort(new Error('its signal'));
    assert.ok(isOver(task), 'its signal has aborted');
  }

  remove({ item }) {
    if (!item) return;
    item.isRemoved = item.isClosed = true;
    this.ended.delete(item);
    this.uploader.remove(item.task);
    assert.ok(isOver(item.task), 'a removed upload is over');
  }

  succeed({ call }) {
    if (!call) return;
    call.asset = { ref: `asset ${this.names++}` };
    call.succeed(call.asset);
  }

  fail({ call, outcomeUnknown }) {
    if (!call) return;
    call.error = Object.assign(new Error('failed'), { outcomeUnknown });
    call.fail(call.error);
  }

  hold({ call }) {
    call?.hold();
  }

  progress({ call, fraction }) {
    const totalBytes = call?.source.size;
    call?.emit({ type: 'progress', progress: { fraction, sentBytes: Math.floor(fraction * totalBytes), totalBytes } });
  }

  /** An upload waits for a retry, and is retried now. */
  nudge({ item }) {
    item?.call?.emit({ type: 'retry', retry: { error: 'network', attempt: 1, delayMillis: 1e6 } });
    item?.task.retry();
    this.isNudged = true;
  }

  /** Listens: an event brings these operations, so many times. */
  listen({ event, times, operations }) {
    let left = times;
    const act = this.doing(operations);
    this.uploader.on(event, () => left-- > 0 && act());
  }

  /** Pauses one that runs, and lets the core hold. */
  park({ item }) {
    item?.task.pause();
    item?.call?.hold();
  }

  /** Awaits an upload: its end brings these operations. */
  follow({ item, operations }) {
    const act = this.doing(operations);
    item?.task.result.then(act, act);
  }

  /** Iterates over an upload: its next event brings these operations. */
  async iterate({ item, operations }) {
    if (!item) return;
    const act = this.doing(operations);
    try {
      for await (const _ of item.task) return act();
    } catch {
      // The task has failed.
    }
  }

  /** What holds at every moment. */
  checkAlways() {
    const running = [...this.items.values()].filter(({ task }) => task.status === 'uploading').length;
    const active = this.calls.filter((call) => !call.isOver && !call.isHeld).length;
    // With a lower concurrency, those that run go on.
    this.most = Math.max(this.concurrency, Math.min(this.most, Math.max(running, active)));
    assert.ok(Math.max(running, active) <= this.most, `${running} run, of which the core knows ${active}`);
    for (const { isGone, call } of this.items.values())
      assert.ok(!isGone || !call || call.isOver, 'a removed one runs');
  }

  /** Lets all that is due run; then nothing may be left undone. */
  async checkQuiet() {
    // The pause that ends a wait ends in a timer.
    if (this.isNudged) await new Promise((resolve) => setTimeout(resolve));
    this.isNudged = false;
    do {
      await turn();
      await turn();
    } while (this.adding > 0);
    const [problem] = this.problems;
    if (problem) throw problem;
    this.checkAlways();
    const items = [...this.items.values()].filter(({ isRemoved }) => !isRemoved);
    const open = items.filter(({ task }) => !isOver(task));
    const running = open.filter(({ task }) => task.status === 'uploading');
    assert.deepEqual(
      this.uploader.tasks.map(({ id }) => id),
      items.map(({ task }) => task.id),
    );
    for (const item of items) this.checkStatus(item);
    for (const { isRemoved, isGone, expected } of this.items.values())
      assert.ok(isRemoved === isGone && expected.length === 0, 'an event is missing');
    if (running.length < this.concurrency) {
      const next = open.find(
        ({ task, hasBegun }) => task.status === 'queued' && (hasBegun || (this.proceeds && !this.isPaused)),
      );
      assert.ok(!next, 'a slot is free, and an upload waits');
    }
    if (open.length === 0) assert.deepEqual([this.isBusy, this.pending], [false, 0], 'complete, and start() settled');
    this.checkProgress(items);
  }

  checkStatus({ task, call, isPaused, hasBegun }) {
    const { status } = task;
    if (isOver(task)) return assert.ok(!call || call.isOver);
    if (!hasBegun) return assert.equal(status, isPaused ? 'paused' : 'queued');
    assert.ok(call && !call.isOver);
    if (isPaused) return assert.equal(status, call.isHeld ? 'paused' : 'uploading');
    assert.equal(status, call.isHeld ? 'queued' : 'uploading');
    assert.equal(call.pause.paused, call.isHeld);
  }

  checkProgress(items) {
    const sum = (value) => items.reduce((total, { task }) => total + value(task), 0);
    const bytes = sum(({ progress }) => progress.totalBytes);
    const of = (...statuses) => sum(({ status }) => Number(statuses.includes(status)));
    const { fraction, ...rest } = this.uploader.progress;
    const sentBytes = sum(({ progress }) => progress.sentBytes);
    const counts = { files: items.length, succeeded: of('succeeded'), failed: of('failed', 'aborted') };
    assert.deepEqual(rest, { sentBytes, totalBytes: bytes, ...counts });
    const done = sum(({ progress }) => progress.fraction * (bytes ? progress.totalBytes / bytes : 1 / items.length));
    const expected = items.length > 0 && counts.succeeded === items.length ? 1 : done;
    assert.ok(
      Math.abs(fraction - expected) <= (0.5 * items.length) / (bytes || 1e6) + 1e-9,
      `${fraction} of ${expected}`,
    );
  }

  /** Lets all that is left succeed, whatever listeners still do: nothing may hang. */
  async finish() {
    for (let rounds = 0; [...this.items.values()].some(({ task }) => !isOver(task)); rounds++) {
      assert.ok(rounds < 100, 'something hangs');
      this.do({ type: 'resumeAll' });
      this.do({ type: 'start' });
      await this.checkQuiet();
      for (const call of this.calls) if (!call.isOver) this.succeed({ call });
      await this.checkQuiet();
    }
    // A report of the progress may still be due.
    this.isFinished = true;
  }
}
