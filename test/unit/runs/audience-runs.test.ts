import {
  UpstreamForbidden,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../../src/errors/upstream-error';
import { createCaller } from '../../../src/datasources/caller';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import { FakeTime } from '../../support/fake-time';
import { ada } from '../../support/fake-upstream';
import { bob } from '../../support/scripted-jobs';
import { ScriptedRuns } from '../../support/scripted-runs';
import { ScriptedUpstream } from '../../support/scripted-upstream';
import { openTemporaryState } from '../../support/temporary-state';

let state: GatewayState;
let scripted: ScriptedRuns;
beforeEach(async () => {
  state = await openTemporaryState();
  scripted = new ScriptedRuns(state.audienceRuns);
});
afterEach(async () => {
  await scripted.runs.close();
  await state.close();
});

const minute = 60_000;
const failure = { service: 'segmentation', status: 503 } as const;
const unavailable = (): UpstreamUnavailable => new UpstreamUnavailable('It cannot be reached', failure);

/** Another process with the same state and the same upstream. */
function restarted(options: ConstructorParameters<typeof ScriptedRuns>[3] = {}): ScriptedRuns {
  return new ScriptedRuns(state.audienceRuns, scripted.upstream, scripted.time, options);
}

describe('an audience run', () => {
  it('evaluates, makes the dataset, exports and is done', async () => {
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
    expect(scripted.upstream.counts).toEqual({ segmentJobs: 1, datasets: 1, exportJobs: 1 });
    expect(scripted.upstream.calls.filter((call) => !call.startsWith('look'))).toEqual([
      ...['list SEGMENT', 'create SEGMENT'],
      ...['list datasets', 'create dataset'],
      ...['list EXPORT', 'create EXPORT'],
    ]);
  });

  it('exports to the dataset that is named', async () => {
    const id = await scripted.startedId({ datasetId: 'mine' });
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'SUCCEEDED',
      dataset: { kind: 'given', id: 'mine' },
    });
    expect(scripted.upstream.countOf('create dataset')).toBe(0);
    expect(scripted.upstream.jobs[0]?.wire).toMatchObject({ destination: { datasetId: 'mine' } });
  });

  it('fails with the job that fails, in its step and its words', async () => {
    scripted.upstream.course = ['NEW', 'FAILED'];
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'FAILED',
      step: 'EVALUATE',
      error: {
        step: 'EVALUATE',
        code: 'SEGMENT_JOB_FAILED',
        message: expect.stringMatching(/^The segment job j1 failed/) as unknown,
      },
    });
    expect(scripted.upstream.counts).toMatchObject({ datasets: 0, exportJobs: 0 });
  });

  it('fails at once where the upstream refuses, in the upstream’s words', async () => {
    scripted.upstream.before = (call) => {
      if (call !== 'create EXPORT') return;
      const problems = [{ code: null, message: 'The quota of exports is used up.' }];
      throw new UpstreamRejected('Refused', { service: 'segmentation', status: 400, problems });
    };
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'FAILED',
      step: 'EXPORT',
      error: { step: 'EXPORT', code: 'UPSTREAM_REJECTED', message: 'The quota of exports is used up.' },
    });
  });

  it.each(['refused', 'failed'])('takes its empty dataset along where the export is %s', async (how) => {
    scripted.upstream.before = (call) => {
      if (call !== 'create EXPORT') return;
      if (how === 'refused') throw new UpstreamRejected('No', { service: 'segmentation', status: 400 });
      scripted.upstream.course = ['NEW', 'FAILED'];
    };
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'FAILED',
      step: 'EXPORT',
      dataset: { kind: 'removed' },
    });
    expect(scripted.upstream.datasets).toEqual([]);
  });

  it('leaves the dataset of a failed export into which something was written', async () => {
    scripted.upstream.before = (call) => {
      if (call !== 'create EXPORT') return;
      scripted.upstream.datasets[0]?.batches.push('success');
      scripted.upstream.course = ['NEW', 'FAILED'];
    };
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({ status: 'FAILED', dataset: { kind: 'made' } });
  });

  it('fails in the words of its reason where the dataset cannot be removed', async () => {
    scripted.upstream.before = (call) => {
      if (call === 'create EXPORT')
        throw new UpstreamRejected('No', { service: 'segmentation', status: 400 });
      if (call === 'delete dataset') throw unavailable();
    };
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'FAILED',
      dataset: { kind: 'made' },
      error: { message: 'No' },
    });
  });

  it('fails where its job is missing twice', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(1_000);
    scripted.upstream.jobs.splice(0);
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({ status: 'FAILED', error: { code: 'NOT_FOUND' } });
  });

  it('bears a job that is not there yet at the first look', async () => {
    let looks = 0;
    const hidden = scripted.upstream.jobs;
    scripted.upstream.before = (call) => {
      if (call !== 'look SEGMENT') return;
      looks += 1;
      if (looks === 1)
        hidden.push(
          ...hidden.splice(0).map((job) => ({ ...job, wire: { ...job.wire, id: 'later' as never } })),
        );
      else for (const job of hidden) Object.assign(job.wire, { id: 'j1' });
    };
    const id = await scripted.startedId({ datasetId: 'mine' });
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
  });
});

describe('an upstream that does not answer', () => {
  it('is borne, and shown, for half an hour', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = () => {
      throw unavailable();
    };
    await scripted.time.advance(29 * minute);
    expect(await scripted.word(id)).toBe('RUNNING EVALUATE (UPSTREAM)');
    await scripted.time.advance(2 * minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'UPSTREAM_UNAVAILABLE' },
    });
  });

  it('is borne for half an hour while a job is waited for, too', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    scripted.upstream.before = () => {
      throw unavailable();
    };
    await scripted.time.advance(29 * minute);
    expect(await scripted.word(id)).toBe('RUNNING EVALUATE (UPSTREAM)');
    await scripted.time.advance(3 * minute);
    expect(await scripted.word(id)).toBe('FAILED EVALUATE');
  });

  it('is forgiven when it answers again', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = () => {
      throw unavailable();
    };
    await scripted.time.advance(20 * minute);
    scripted.upstream.before = () => undefined;
    await scripted.time.advance(5 * minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
    expect(scripted.upstream.counts).toEqual({ segmentJobs: 1, datasets: 1, exportJobs: 1 });
  });

  it.each(['create SEGMENT', 'create dataset', 'create EXPORT'])(
    'and has done a %s whose answer was lost, is not asked for it twice',
    async (lost) => {
      scripted.upstream.after = (call) => {
        if (call !== lost || scripted.upstream.countOf(lost) > 1) return;
        throw new UpstreamTimeout('No answer', { ...failure, status: null, outcomeUnknown: true });
      };
      const id = await scripted.startedId();
      await scripted.time.advance(5 * minute);
      expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
      expect(scripted.upstream.counts).toEqual({ segmentJobs: 1, datasets: 1, exportJobs: 1 });
    },
  );

  it('gives a job that was made by somebody else meanwhile to one run only', async () => {
    let losses = 0;
    scripted.upstream.after = (call) => {
      if (call !== 'create SEGMENT' || (losses += 1) > 2) return;
      throw new UpstreamTimeout('No answer', { ...failure, status: null, outcomeUnknown: true });
    };
    const ids = [await scripted.startedId({ datasetId: 'a' }), await scripted.startedId({ datasetId: 'b' })];
    await scripted.time.advance(5 * minute);
    const jobs = await Promise.all(ids.map(async (id) => (await scripted.record(id)).segmentJob));
    expect(new Set(jobs.map((job) => 'id' in job && job.id)).size).toBe(2);
    expect(scripted.upstream.counts.segmentJobs).toBe(2);
  });
});

describe('a credential', () => {
  const unauthorized = (): UpstreamUnauthorized =>
    new UpstreamUnauthorized('Over', { service: 'segmentation', status: 401 });

  it('that has ended lets the run rest until somebody else of the sandbox comes', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (_call, caller) => {
      if (caller.key === ada.key) throw unauthorized();
    };
    await scripted.time.advance(minute);
    expect((await state.audienceRuns.find(ada, id))?.status).toBe('RUNNING');
    const dora = createCaller({ ...ada, authorization: 'Bearer doras' });
    expect((await scripted.runs.find(dora, id))?.waitingFor).toBe('CREDENTIAL');
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
  });

  it('of another sandbox is never used', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (_call, caller) => {
      if (caller.sandbox !== 'prod') throw new Error('a foreign credential');
      throw unauthorized();
    };
    await scripted.time.advance(minute);
    const stranger = createCaller({ ...ada, authorization: 'Bearer strangers', sandbox: 'dev' });
    expect(await scripted.runs.find(stranger, id)).toBeNull();
    await scripted.time.advance(minute);
    expect(await state.audienceRuns.find(ada, id)).toMatchObject({ status: 'RUNNING', error: null });
  });

  it('of one who only looks and may not carry it on does not end the run', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (_call, caller) => {
      if (caller.key === ada.key) throw unauthorized();
      if (caller.key === bob.key) throw new UpstreamForbidden('No', { service: 'segmentation', status: 403 });
    };
    await scripted.time.advance(minute);
    await scripted.runs.find(bob, id);
    await scripted.time.advance(minute);
    expect(await state.audienceRuns.find(ada, id)).toMatchObject({ status: 'RUNNING', error: null });
  });

  it('of callers is not kept: after a restart the run rests, and goes on with the next one’s', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    await scripted.runs.close();
    const calls = scripted.upstream.calls.length;
    const again = restarted();
    await again.runs.resume();
    await again.time.advance(minute);
    expect(scripted.upstream.calls).toHaveLength(calls);
    expect((await again.runs.find(bob, id))?.waitingFor).toBe('CREDENTIAL');
    scripted.upstream.continueWith('SUCCEEDED');
    scripted.upstream.course = ['SUCCEEDED'];
    await again.time.advance(minute);
    expect(await again.word(id)).toBe('SUCCEEDED DONE');
    await again.runs.close();
  });

  it('of the gateway’s own carries every run on by itself after a restart', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    await scripted.runs.close();
    scripted.upstream.continueWith('SUCCEEDED');
    scripted.upstream.course = ['SUCCEEDED'];
    const again = restarted({ ownCaller: bob });
    await again.runs.resume();
    await again.time.advance(minute);
    expect(await state.audienceRuns.find(ada, id)).toMatchObject({ status: 'SUCCEEDED' });
    await again.runs.close();
  });
});

describe('an idempotency key', () => {
  it('finds the run that it started', async () => {
    const first = await scripted.start({ idempotencyKey: 'k' });
    const second = await scripted.start({ idempotencyKey: 'k' });
    expect([first.kind, second.kind]).toEqual(['started', 'found']);
    await scripted.time.advance(minute);
    expect(scripted.upstream.counts.segmentJobs).toBe(1);
  });

  it('finds it for two requests of the same instant', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => scripted.start({ idempotencyKey: 'k' })));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['found', 'found', 'started']);
    const ids = outcomes.map((outcome) => (outcome.kind === 'key-taken' ? '' : outcome.run.record.id));
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused with another input', async () => {
    await scripted.start({ idempotencyKey: 'k' });
    expect((await scripted.start({ idempotencyKey: 'k', inputDigest: 'another' })).kind).toBe('key-taken');
  });

  it('is of its own org and sandbox', async () => {
    await scripted.start({ idempotencyKey: 'k' });
    const dev = createCaller({ ...ada, sandbox: 'dev' });
    expect((await scripted.start({ idempotencyKey: 'k', caller: dev })).kind).toBe('started');
  });
});

describe('cancelling a run', () => {
  it('stops its segment job and leaves nothing running', async () => {
    scripted.upstream.course = ['NEW', 'PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(2_000);
    expect((await scripted.runs.cancel(ada, id))?.kind).toBe('cancelling');
    expect(await scripted.word(id)).toBe('CANCELLING EVALUATE');
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('CANCELLED EVALUATE');
    expect(scripted.upstream.countOf('cancel SEGMENT')).toBe(1);
    expect(scripted.upstream.counts).toMatchObject({ datasets: 0, exportJobs: 0 });
  });

  it('stops its export and deletes the dataset that it made', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (call) => {
      if (call === 'create EXPORT') scripted.upstream.course = ['PROCESSING'];
    };
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('RUNNING EXPORT');
    await scripted.runs.cancel(ada, id);
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'CANCELLED',
      dataset: { kind: 'removed' },
      error: null,
    });
    expect(scripted.upstream.datasets).toEqual([]);
  });

  it('leaves a dataset into which something was written', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (call) => {
      if (call === 'create EXPORT') scripted.upstream.course = ['PROCESSING'];
    };
    await scripted.time.advance(minute);
    scripted.upstream.datasets[0]?.batches.push('success');
    await scripted.runs.cancel(ada, id);
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('CANCELLED EXPORT');
    expect(scripted.upstream.datasets).toHaveLength(1);
  });

  it('says what could not be undone', async () => {
    const id = await scripted.startedId();
    scripted.upstream.before = (call) => {
      if (call === 'create EXPORT') scripted.upstream.course = ['PROCESSING'];
      if (call === 'delete dataset')
        throw new UpstreamRejected('It is in use', { service: 'catalog', status: 400 });
    };
    await scripted.time.advance(minute);
    await scripted.runs.cancel(ada, id);
    await scripted.time.advance(minute);
    expect(await scripted.record(id)).toMatchObject({
      status: 'CANCELLED',
      error: { message: expect.stringMatching(/^The dataset d2 stays: It is in use/) as unknown },
    });
  });

  it('never deletes a dataset that was named', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId({ datasetId: 'mine' });
    await scripted.time.advance(2_000);
    await scripted.runs.cancel(ada, id);
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('CANCELLED EVALUATE');
    expect(scripted.upstream.countOf('delete dataset')).toBe(0);
  });

  it('is too late for a run that has ended', async () => {
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    expect((await scripted.runs.cancel(ada, id))?.kind).toBe('ended');
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
  });

  it('that races with the end of the export ends in one state', async () => {
    const id = await scripted.startedId();
    const heard = await scripted.listen(id);
    scripted.upstream.before = async (call) => {
      if (call === 'cancel EXPORT') scripted.upstream.continueWith('SUCCEEDED');
      if (call === 'create EXPORT') scripted.upstream.course = ['PROCESSING'];
      await Promise.resolve();
    };
    await scripted.time.advance(minute);
    await scripted.runs.cancel(ada, id);
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
    expect(heard.words.filter((word) => /SUCCEEDED|FAILED|CANCELLED/.test(word))).toEqual(['SUCCEEDED DONE']);
  });

  it('undoes what was being made when it came', async () => {
    let release = (): void => undefined;
    scripted.upstream.after = (call) =>
      call === 'create SEGMENT' ? new Promise<void>((resolve) => (release = resolve)) : undefined;
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(1_000);
    await scripted.runs.cancel(ada, id);
    release();
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('CANCELLED EVALUATE');
    expect(scripted.upstream.countOf('cancel SEGMENT')).toBe(1);
  });

  it('of a stranger finds nothing', async () => {
    const id = await scripted.startedId();
    expect(await scripted.runs.cancel(createCaller({ ...ada, orgId: 'B@AdobeOrg' }), id)).toBeNull();
  });
});

describe('watching a run', () => {
  it('tells its state at once, each step, and completes with its end', async () => {
    const id = await scripted.startedId();
    const heard = await scripted.listen(id);
    await scripted.time.advance(0);
    expect(heard.words[0]).toBe('RUNNING EVALUATE');
    await scripted.time.advance(minute);
    expect([...new Set(heard.words)]).toEqual([
      'RUNNING EVALUATE',
      'RUNNING CREATE_DATASET',
      'RUNNING EXPORT',
      'SUCCEEDED DONE',
    ]);
    expect(heard.isDone).toBe(true);
  });

  it('tells what its jobs pass through', async () => {
    const id = await scripted.startedId();
    const heard = await scripted.listen(id);
    await scripted.time.advance(minute);
    const statuses = heard.updates.map(({ segmentJob }) => segmentJob?.status ?? null);
    expect([...new Set(statuses)]).toEqual([null, 'NEW', 'PROCESSING', 'SUCCEEDED']);
    expect(heard.updates.at(-1)).toMatchObject({
      segmentJob: { status: 'SUCCEEDED' },
      exportJob: { status: 'SUCCEEDED' },
    });
  });

  it('costs no look beside those of the run, however many with its credential watch', async () => {
    const alone = new ScriptedRuns(state.audienceRuns, new ScriptedUpstream(), new FakeTime(), {
      idPrefix: 'alone',
    });
    await alone.startedId();
    await alone.time.advance(minute);
    await alone.runs.close();
    const id = await scripted.startedId();
    const listeners = await Promise.all([1, 2, 3].map(() => scripted.listen(id)));
    await scripted.time.advance(minute);
    expect(listeners.map(({ isDone }) => isDone)).toEqual([true, true, true]);
    expect(scripted.upstream.countOf('look')).toBe(alone.upstream.countOf('look'));
  });

  it('completes at once for a run that has ended', async () => {
    const id = await scripted.startedId();
    await scripted.time.advance(minute);
    const heard = await scripted.listen(id);
    await scripted.time.advance(0);
    expect(heard).toMatchObject({ words: ['SUCCEEDED DONE'], isDone: true });
  });

  it('shows one the jobs as his own credential sees them', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    await scripted.time.advance(1_000);
    scripted.upstream.before = (_call, caller) => {
      if (caller.key === bob.key) throw new UpstreamForbidden('No', { service: 'segmentation', status: 403 });
    };
    const heard = await scripted.listen(id, bob);
    await scripted.time.advance(minute);
    expect(heard.updates.map(({ segmentJob }) => segmentJob)).toEqual([null]);
    expect(heard.error).toBeInstanceOf(UpstreamForbidden);
    expect(await scripted.word(id)).toBe('RUNNING EVALUATE');
  });

  it('ends for one who leaves, and the run goes on', async () => {
    scripted.upstream.course = ['PROCESSING'];
    const id = await scripted.startedId();
    const heard = await scripted.listen(id);
    await scripted.time.advance(1_000);
    heard.leave();
    await scripted.time.advance(0);
    expect(heard.isDone).toBe(true);
    scripted.upstream.continueWith('SUCCEEDED');
    scripted.upstream.course = ['SUCCEEDED'];
    await scripted.time.advance(minute);
    expect(await scripted.word(id)).toBe('SUCCEEDED DONE');
  });
});
