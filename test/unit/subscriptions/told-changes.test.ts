import { backboneLimits } from '../../../src/state/backbone/backbone';
import { AheadOfLog } from '../../../src/subscriptions/ahead-of-log';
import { isNewerProgress } from '../../../src/subscriptions/job-watchers';
import type { JobChange } from '../../../src/subscriptions/job-watchers';
import type { Sighting } from '../../../src/subscriptions/subject';
import { ToldChanges } from '../../../src/subscriptions/told-changes';
import { TopicPlace } from '../../../src/subscriptions/topic-place';

const at = (sequence: number, log = 'a log'): { log: string; sequence: number } => ({ log, sequence });

function sighting(id: string, status: string): Sighting {
  const job = { id, status, segments: [], creationTime: 1, updateTime: 1 };
  return {
    type: 'STATUS',
    at: new Date(0),
    previousStatus: null,
    watched: { kind: 'SEGMENT', job } as never,
  };
}

function change(id: string, status: string): JobChange {
  return { ...sighting(id, status), cursor: '', replayed: false };
}

describe('what was told', () => {
  let told: ToldChanges;
  beforeEach(() => {
    told = new ToldChanges('this replica');
    told.beginAnew();
    told.follow(at(0));
  });

  const tell = (id: string, status: string, position: number | null): void => {
    told.count();
    if (position !== null) told.followTo(at(position));
    told.tell(change(id, status), position === null ? null : at(position));
  };
  const since = (sequence: number, log?: string): readonly string[] | null =>
    told
      .since({ ...at(sequence, log), told: {}, isAhead: false })
      ?.changes.map(({ watched }) => `${String(watched?.job.id)} ${String(watched?.job.status)}`) ?? null;

  it('is missed by those to whom the log had not said it', () => {
    tell('j1', 'QUEUED', 1);
    tell('j2', 'QUEUED', 2);
    expect([since(0), since(1), since(2)]).toEqual([['j1 QUEUED', 'j2 QUEUED'], ['j2 QUEUED'], []]);
  });

  it('is missed also where it was told here before the log said it, in another order', () => {
    tell('j1', 'QUEUED', null);
    tell('j2', 'QUEUED', null);
    told.followTo(at(1));
    told.reach(sighting('j2', 'QUEUED'), at(1));
    expect(since(1)).toEqual(['j1 QUEUED']);
    told.followTo(at(2));
    const missed = told.since({ ...at(1), told: {}, isAhead: false });
    // He was told j2, which came later here: the cursor of j1 says nothing of that.
    expect(missed?.areLast).toBe(false);
    // Of what was between, who was told elsewhere has no need.
    told.reach(sighting('j1', 'PROCESSING'), at(2));
    expect([since(2), since(0)]).toEqual([[], ['j1 QUEUED', 'j2 QUEUED']]);
  });

  it('is not in a log that says of a job what was before it', () => {
    tell('j1', 'SUCCEEDED', null);
    told.followTo(at(2));
    told.reach(sighting('j1', 'PROCESSING'), at(1));
    told.reach(sighting('j1', 'a status that nobody knows'), at(2));
    expect(since(2)).toEqual(['j1 SUCCEEDED']);
  });

  it('is known to those who come with a place in it behind a break, and to nobody with a place of the break', () => {
    tell('j1', 'QUEUED', 1);
    told.breakOff('a log');
    tell('j2', 'QUEUED', null);
    expect(since(1)).toEqual(['j2 QUEUED']);
    told.followTo(at(4));
    tell('j1', 'PROCESSING', 5);
    expect([since(1), since(3), since(4)]).toEqual([['j2 QUEUED', 'j1 PROCESSING'], null, ['j1 PROCESSING']]);
  });

  it('is known in a log that goes on after one between', () => {
    tell('j1', 'QUEUED', 1);
    told.followTo(at(0, 'own'));
    told.count();
    told.followTo(at(1, 'own'));
    told.tell(change('j1', 'PROCESSING'), at(1, 'own'));
    told.followTo(at(3));
    expect([since(1), since(3), since(0, 'own'), since(1, 'own')]).toEqual([
      ['j1 PROCESSING'],
      ['j1 PROCESSING'],
      ['j1 PROCESSING'],
      [],
    ]);
  });

  it('is known in a log that is followed later as far as that has come to it', () => {
    tell('j1', 'QUEUED', 1);
    tell('j1', 'PROCESSING', 2);
    told.follow(at(0, 'a new log'));
    told.followTo(at(1, 'a new log'));
    told.reach(sighting('j1', 'QUEUED'), at(1, 'a new log'));
    expect(since(1, 'a new log')).toEqual(['j1 PROCESSING']);
  });

  it('is not known any more to those who have missed what was forgotten', () => {
    for (let count = 1; count <= backboneLimits.maxEntries + 2; count += 1)
      tell(`j${String(count)}`, 'QUEUED', count);
    expect([since(1), since(2)?.length]).toEqual([null, backboneLimits.maxEntries]);
    expect([since(1, 'this replica'), since(2, 'this replica')?.length]).toEqual([
      null,
      backboneLimits.maxEntries,
    ]);
  });
});

describe('a place in a log', () => {
  let ahead: AheadOfLog;
  let place: TopicPlace;
  beforeEach(() => {
    ahead = new AheadOfLog();
    place = new TopicPlace(at(0), ahead, true);
  });
  const baseline = { type: 'BASELINE' as const, at: new Date(0), running: [], known: [] };

  it('is sure until more was told ahead of it than is kept, and again with a new beginning', () => {
    for (let count = 0; count < 32; count += 1) ahead.note(sighting(`j${String(count)}`, 'NEW'));
    expect(place.isSure).toBe(true);
    ahead.note(sighting('j32', 'NEW'));
    expect([place.isSure, place.needsBaseline(false)]).toEqual([false, true]);
    place.hold(baseline, at(1), false);
    place.baselineTakenIn(true);
    expect([place.isSure, place.needsBaseline(false), ahead.isAny]).toEqual([true, false, false]);
  });

  it('is not sure behind a beginning that is not as it is known here', () => {
    place.hold(baseline, at(1), false);
    place.baselineTakenIn(false);
    expect([place.isSure, place.needsBaseline(false)]).toEqual([false, true]);
  });

  it('holds what was ahead of it once the log has come to that', () => {
    ahead.note(sighting('j1', 'QUEUED'));
    ahead.note(sighting('j1', 'PROCESSING'));
    expect(place.hold(sighting('j2', 'QUEUED'), at(1), false)).toBe(false);
    expect(place.hold(sighting('j1', 'QUEUED'), at(2), false)).toBe(true);
    expect(ahead.told).toEqual({ 'SEGMENT j1': 'PROCESSING' });
    expect(place.hold(sighting('j1', 'SUCCEEDED'), at(3), false)).toBe(true);
    expect(ahead.isAny).toBe(false);
  });
});

describe('progress that waits for a slow reader', () => {
  it('gives way to newer progress, but not what is told again to what is new', () => {
    const progress = { ...change('j1', 'PROCESSING'), type: 'PROGRESS' as const };
    expect(isNewerProgress(progress, progress)).toBe(true);
    expect(isNewerProgress(progress, { ...progress, replayed: true })).toBe(false);
  });
});
