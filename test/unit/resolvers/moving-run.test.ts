import type { Caller } from '../../../src/datasources/caller';
import { createCaller } from '../../../src/datasources/caller';
import { UpstreamForbidden, UpstreamUnauthorized } from '../../../src/errors/upstream-error';
import type { CallerListener, Callers } from '../../../src/resolvers/context';
import { MovingRun } from '../../../src/resolvers/moving-run';
import type { RunUpdate } from '../../../src/runs/audience-runs';
import { ChangeStream } from '../../../src/subscriptions/change-stream';
import { newRun } from '../../support/audience-run-records';
import { ada } from '../../support/fake-upstream';

const fresh = createCaller({ ...ada, authorization: 'Bearer fresh' });
const service = { service: 'segmentation' } as const;
const refused = new UpstreamUnauthorized('No more', { ...service, status: 401 });

/** A run at this version. */
const at = (version: number): RunUpdate => ({
  record: newRun({ version }),
  waitingFor: null,
  segmentJob: null,
  exportJob: null,
});

let stream: MovingRun;
let old: ChangeStream<RunUpdate>;
let next: ChangeStream<RunUpdate>;
let begun: { caller: Caller; seen: RunUpdate | null }[];
let listeners: CallerListener[];
/** Lets the watch by the fresh credential begin, or not. */
let proven: { resolve(): void; reject(error: Error): void };
let left: ChangeStream<RunUpdate>[];

beforeEach(() => {
  let current = ada;
  left = [];
  listeners = [];
  begun = [];
  const open = (): ChangeStream<RunUpdate> =>
    new ChangeStream({
      start: () => undefined,
      release: (ended) => void left.push(ended),
      keyOf: () => '',
      inPlaceOf: (change) => change,
      isKept: () => true,
      tellAnew: () => undefined,
      replaces: () => false,
    });
  [old, next] = [open(), open()];
  const proof = new Promise<void>((resolve, reject) => (proven = { resolve, reject }));
  const callers: Callers = {
    current: () => current,
    follow: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
    leave: (listener) => void listeners.splice(listeners.indexOf(listener), 1),
  };
  const begin = async (caller: Caller, seen: RunUpdate | null): Promise<ChangeStream<RunUpdate>> => {
    begun.push({ caller, seen });
    await proof;
    return next;
  };
  stream = new MovingRun({ callers, begin }, old, ada);
  renew = () => {
    current = fresh;
    for (const listener of listeners) listener.renewed?.();
  };
});
let renew: () => void;

const read = async (): Promise<number | undefined> => (await stream.next()).value?.record.version;

describe('the watch of a run whose caller has a fresh credential', () => {
  it('goes on with that, behind what has been told', async () => {
    old.push(at(1));
    expect(await read()).toBe(1);
    renew();
    expect(begun).toEqual([{ caller: fresh, seen: at(1) }]);
    const following = read();
    proven.resolve();
    next.push(at(1));
    next.push(at(2));
    expect(await following).toBe(2);
    expect(left).toEqual([old]);
  });

  it('does not end with the old one while the fresh one is asked about', async () => {
    old.push(at(1));
    await read();
    renew();
    const following = read();
    old.end(refused);
    proven.resolve();
    next.push(at(2));
    expect(await following).toBe(2);
  });

  it('ends where the fresh one is not let in', async () => {
    renew();
    proven.reject(new UpstreamForbidden('Not for you', { ...service, status: 403 }));
    await expect(read()).rejects.toThrow('Not for you');
    expect([await read(), listeners]).toEqual([undefined, []]);
  });

  it('begins nothing for who has left meanwhile', async () => {
    renew();
    await stream.return();
    proven.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect([left, listeners]).toEqual([[old, next], []]);
  });
});

it('a watch whose credential ends without another one ends by the error', async () => {
  old.push(at(1));
  await read();
  old.end(refused);
  await expect(read()).rejects.toBe(refused);
});
