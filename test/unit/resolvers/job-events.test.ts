import { watchJob } from '../../../src/resolvers/job-events';
import type { JobEvent } from '../../../src/schema/job-event.type';
import type { JobChange } from '../../../src/subscriptions/job-watchers';
import { createTestContext } from '../../support/run-query';

function change(status: string, progress?: number): JobChange {
  const job = {
    id: 'j',
    status,
    segments: [],
    creationTime: 1e12,
    updateTime: 1e12,
    ...(progress !== undefined && { progress }),
  };
  return {
    cursor: `at-${String(progress)}`,
    type: 'PROGRESS',
    at: new Date(1e12),
    replayed: false,
    watched: { kind: 'SEGMENT', job },
    previousStatus: 'PAUSED',
  };
}

async function eventsOf(changes: readonly JobChange[]): Promise<JobEvent[]> {
  const stream = watchJob(createTestContext({ changes }).context, 'SEGMENT', { id: 'j' });
  const events: JobEvent[] = [];
  for (let left = changes.length; left > 0; left -= 1) events.push((await stream.next()).value as JobEvent);
  return events;
}

describe('the events of a job', () => {
  it('never show less progress than before, and keep what is known', async () => {
    const events = await eventsOf([
      change('PROCESSING', 0.5),
      change('PROCESSING', 0.2),
      change('CANCELLED'),
    ]);
    expect(events.map(({ job }) => job?.progress)).toMatchObject([
      { fraction: 0.5, basis: 'MEASURED' },
      { fraction: 0.5, basis: 'MEASURED' },
      { fraction: 0.5, basis: 'MEASURED' },
    ]);
  });

  it('are one and the same for all who are told of the same change', async () => {
    const changes = [change('PROCESSING', 0.5), change('CANCELLED', 0.5)];
    const [one, other] = [await eventsOf(changes), await eventsOf(changes)];
    expect(one[0]).toBe(other[0]);
    expect(one[1]).toBe(other[1]);
    expect(one[0]).not.toBe(one[1]);
  });

  it('know nothing as long as nothing is told', async () => {
    const [event] = await eventsOf([change('QUEUED')]);
    expect(event?.job?.progress).toMatchObject({ fraction: null, basis: 'UNKNOWN' });
  });

  it('have no job where history is gone, and UNKNOWN for a status that is not known', async () => {
    const [event] = await eventsOf([{ ...change('NEW'), type: 'GAP', watched: null }]);
    expect(event).toMatchObject({ type: 'GAP', job: null, previousStatus: 'UNKNOWN' });
  });

  it('let go of the job while they wait for its next change', async () => {
    const test = createTestContext({ changes: [] });
    const stream = watchJob(test.context, 'SEGMENT', { id: 'j' });
    void stream.next();
    await stream.return?.();
    expect(test.released.count).toBe(1);
  });
});
