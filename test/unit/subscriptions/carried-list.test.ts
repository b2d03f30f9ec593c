import { createCaller } from '../../../src/datasources/caller';
import type { Caller } from '../../../src/datasources/caller';
import { UpstreamUnavailable } from '../../../src/errors/upstream-error';
import type { JobChange, JobWatchers } from '../../../src/subscriptions/job-watchers';
import { FakeTime } from '../../support/fake-time';
import { ada } from '../../support/fake-upstream';
import { ScriptedUpstream } from '../../support/scripted-upstream';
import { watchersOn } from '../../support/watchers-on';

let time: FakeTime;
let upstream: ScriptedUpstream;
let watchers: JobWatchers;
/** Ids that no longer stand in what a fresh credential may read. */
let hidden: Set<string>;
beforeEach(() => {
  time = new FakeTime();
  upstream = new ScriptedUpstream();
  hidden = new Set();
  watchers = watchersOn(time);
});
afterEach(() => watchers.close());

const fresh = (number: number): Caller =>
  createCaller({ ...ada, authorization: `Bearer fresh-${String(number)}` });

/** A list that one person reads, with one credential after the other. */
class Reader {
  readonly heard: JobChange[] = [];
  error: unknown = null;
  private stream: AsyncIterableIterator<JobChange>;

  constructor() {
    this.stream = this.watch(ada);
  }

  renew(caller: Caller): void {
    const old = this.stream;
    this.stream = this.watch(caller, old);
    void old.return?.();
  }

  /** Since the last time. */
  words(): readonly string[] {
    return this.heard.splice(0).map(({ type, watched, previousStatus, replayed }) => {
      const before = previousStatus === null ? '' : `${previousStatus}>`;
      const job = watched === null ? '' : ` ${String(watched.job.id)} ${before}${watched.job.status}`;
      return `${type}${job}${replayed ? ' again' : ''}`;
    });
  }

  private watch(
    caller: Caller,
    continues?: AsyncIterableIterator<JobChange>,
  ): AsyncIterableIterator<JobChange> {
    const freshSources = () => sourcesOf(caller);
    const stream = watchers.watchAll({ caller, kinds: ['SEGMENT'], filter: {}, continues, freshSources });
    void (async () => {
      try {
        for await (const change of stream) this.heard.push(change);
      } catch (error) {
        this.error = error;
      }
    })();
    return stream;
  }
}

function sourcesOf(caller: Caller): ReturnType<ScriptedUpstream['sourcesOf']> {
  if (caller !== ada) {
    const seen = upstream.jobs.filter(({ wire }) => !hidden.has(String(wire.id)));
    upstream.jobs.splice(0, Infinity, ...seen);
  }
  return upstream.sourcesOf(caller);
}

function make(status: string): string {
  upstream.course = [status];
  const job: { id: string } = upstream.add('SEGMENT', { segments: [] });
  return job.id;
}

function move(id: string, status: string): void {
  for (const job of upstream.jobs) if (String(job.wire.id) === id) job.statuses = [status];
}

describe('a list that goes on with another credential', () => {
  it('tells what changed around that as events, and nothing twice', async () => {
    make('SUCCEEDED');
    const [a, b] = [make('PROCESSING'), make('PROCESSING')];
    const reader = new Reader();
    await time.advance(0);
    expect(reader.words()).toEqual([`SNAPSHOT ${b} PROCESSING`, `SNAPSHOT ${a} PROCESSING`]);
    move(a, 'SUCCEEDED');
    move(b, 'CANCELLING');
    const [made, quick] = [make('NEW'), make('FAILED')];
    reader.renew(fresh(1));
    await time.advance(0);
    expect(reader.words().toSorted()).toEqual([
      `CREATED ${made} NEW`,
      `CREATED ${quick} FAILED`,
      `STATUS ${b} PROCESSING>CANCELLING`,
      `TERMINAL ${a} PROCESSING>SUCCEEDED`,
      `TERMINAL ${quick} FAILED`,
    ]);
    await time.advance(60_000);
    expect(reader.words()).toEqual([]);
  });

  it('says nothing where nothing has changed, and goes on', async () => {
    const id = make('PROCESSING');
    const reader = new Reader();
    await time.advance(0);
    reader.words();
    reader.renew(fresh(1));
    await time.advance(5_000);
    expect(reader.words()).toEqual([]);
    move(id, 'SUCCEEDED');
    await time.advance(60_000);
    expect(reader.words()).toEqual([`TERMINAL ${id} PROCESSING>SUCCEEDED`]);
  });

  it('loses nothing over many credentials in quick succession', async () => {
    const ids = Array.from({ length: 20 }, () => make('PROCESSING'));
    const reader = new Reader();
    await time.advance(0);
    reader.words();
    const made: string[] = [];
    for (const [at, id] of ids.entries()) {
      move(id, 'SUCCEEDED');
      made.push(make('FAILED'));
      reader.renew(fresh(at));
      // Every other one is gone before it has looked.
      if (at % 2 === 1) await time.advance(700);
    }
    await time.advance(60_000);
    expect(reader.words().toSorted()).toEqual(
      [
        ...ids.map((id) => `TERMINAL ${id} PROCESSING>SUCCEEDED`),
        ...made.flatMap((id) => [`CREATED ${id} FAILED`, `TERMINAL ${id} FAILED`]),
      ].toSorted(),
    );
  });

  it('bears that the upstream is away when the new one looks first', async () => {
    const id = make('PROCESSING');
    const reader = new Reader();
    await time.advance(0);
    reader.words();
    upstream.before = () => {
      throw new UpstreamUnavailable('Away', { service: 'segmentation', status: 503 });
    };
    reader.renew(fresh(1));
    await time.advance(30_000);
    move(id, 'SUCCEEDED');
    upstream.before = () => undefined;
    await time.advance(60_000);
    expect([reader.error, reader.words()]).toEqual([null, [`TERMINAL ${id} PROCESSING>SUCCEEDED`]]);
  });

  it('is silent about a job that the new one may not read, and shows it to nobody', async () => {
    const [kept, lost] = [make('PROCESSING'), make('PROCESSING')];
    const reader = new Reader();
    await time.advance(0);
    reader.words();
    hidden.add(lost);
    reader.renew(fresh(1));
    await time.advance(0);
    expect(reader.words()).toEqual([]);
    const other: string[] = [];
    const stream = watchers.watchAll({
      caller: fresh(1),
      kinds: ['SEGMENT'],
      filter: {},
      freshSources: () => sourcesOf(fresh(1)),
    });
    void (async () => {
      for await (const { watched } of stream) other.push(String(watched?.job.id));
    })();
    await time.advance(60_000);
    expect(other).toEqual([kept]);
    expect(reader.words()).toEqual([]);
  });

  it('follows on a job that more than a hundred newer ones stand before', async () => {
    const old = make('PROCESSING');
    const reader = new Reader();
    await time.advance(0);
    for (let count = 0; count < 120; count += 1) make('SUCCEEDED');
    await time.advance(60_000);
    reader.words();
    reader.renew(fresh(1));
    await time.advance(5_000);
    move(old, 'FAILED');
    await time.advance(60_000);
    expect(reader.words()).toEqual([`TERMINAL ${old} PROCESSING>FAILED`]);
  });

  it('goes on with one that others listen with already', async () => {
    const id = make('PROCESSING');
    const reader = new Reader();
    await time.advance(0);
    const other = new Reader();
    other.renew(fresh(1));
    await time.advance(5_000);
    reader.words();
    const quick = make('SUCCEEDED');
    await time.advance(0);
    move(id, 'SUCCEEDED');
    reader.renew(fresh(1));
    await time.advance(60_000);
    const expected = [
      `CREATED ${quick} SUCCEEDED`,
      `TERMINAL ${id} PROCESSING>SUCCEEDED`,
      `TERMINAL ${quick} SUCCEEDED`,
    ];
    expect(reader.words().toSorted()).toEqual(expected);
    expect(other.words().slice(1).toSorted()).toEqual(expected);
  });
});
