import { backboneLimits } from '../../../../src/state/backbone/backbone';
import type {
  AttendRequest,
  Attendance,
  Backbone,
  Lease,
  LogPosition,
} from '../../../../src/state/backbone/backbone';
import { InProcessBackbones } from '../../../../src/state/backbone/in-process-backbone';

let nowMs = 0;
let backbones: InProcessBackbones;
let one: Backbone;
let other: Backbone;
beforeEach(() => {
  nowMs = 1_000;
  backbones = new InProcessBackbones({ monotonicMs: () => nowMs, name: 'test', maxTopics: 3 });
  one = backbones.join();
  other = backbones.join();
});

async function attend(backbone: Backbone, parts: Partial<AttendRequest> = {}): Promise<Attendance> {
  const [attendance] = await backbone.attend([{ topic: 't', after: null, wantsLease: true, ...parts }]);
  if (attendance === undefined) throw new Error('no answer');
  return attendance;
}

async function leaseOf(backbone: Backbone, topic = 't'): Promise<Lease> {
  const { lease } = await attend(backbone, { topic });
  if (lease === null) throw new Error('no lease');
  return lease;
}

async function append(
  backbone: Backbone,
  lease: Lease,
  ...bodies: readonly string[]
): Promise<LogPosition | null> {
  const entries = bodies.map((body) => ({ replacesKey: body.startsWith('p') ? 'p' : null, body }));
  const [position] = await backbone.append([{ lease, entries }]);
  return position ?? null;
}

const bodies = ({ entries }: Attendance): string[] => entries.map(({ body }) => body);

describe('an in-process backbone', () => {
  it('gives a lease to one replica, which keeps it', async () => {
    const lease = await leaseOf(one);
    nowMs += 1_000;
    expect(await attend(other)).toMatchObject({ lease: null, takenForMs: backboneLimits.silentMs - 1_000 });
    expect(await leaseOf(one)).toEqual(lease);
  });

  it('gives it to another when it has ended or was given back, under a higher fence', async () => {
    const first = await leaseOf(one);
    nowMs += backboneLimits.leaseMs;
    const second = await leaseOf(other);
    expect(second.fence).toBeGreaterThan(first.fence);
    await other.release([second]);
    expect((await leaseOf(one)).fence).toBeGreaterThan(second.fence);
  });

  it('gives none to who wants none', async () => {
    expect(await attend(one, { wantsLease: false })).toMatchObject({ lease: null, takenForMs: 0 });
  });

  it('is held longer by who renews', async () => {
    const lease = await leaseOf(one);
    nowMs += backboneLimits.renewMs;
    expect(await one.renew([lease])).toEqual([true]);
    nowMs += backboneLimits.leaseMs - 1;
    await one.beat();
    expect((await attend(other)).lease).toBeNull();
    nowMs += 1;
    expect(await one.renew([lease])).toEqual([false]);
  });

  it('refuses what comes under an ended lease, or that of another', async () => {
    const lease = await leaseOf(one);
    expect(await append(other, lease, 'a')).toBeNull();
    nowMs += backboneLimits.leaseMs;
    const next = await leaseOf(other);
    expect(await append(one, lease, 'a')).toBeNull();
    expect(await append(other, next, 'b')).toMatchObject({ sequence: 1 });
    expect(bodies(await attend(one))).toEqual(['b']);
  });

  it('tells what was appended behind a place, and all to who knows nothing', async () => {
    const lease = await leaseOf(one);
    const after = await append(one, lease, 'a');
    await append(one, lease, 'b', 'c');
    const attendance = await attend(other, { after });
    expect(bodies(attendance)).toEqual(['b', 'c']);
    expect(attendance).toMatchObject({ isGap: false, head: { sequence: 3 } });
    expect(bodies(await attend(other))).toEqual(['a', 'b', 'c']);
  });

  it('lets an entry take the place of an earlier one of its key, without a gap', async () => {
    const lease = await leaseOf(one);
    const after = await append(one, lease, 'a');
    for (const body of ['p1', 'b', 'p2']) await append(one, lease, body);
    const attendance = await attend(other, { after });
    expect([bodies(attendance), attendance.isGap]).toEqual([['b', 'p2'], false]);
  });

  it('keeps so many entries, and says where some are lost', async () => {
    const lease = await leaseOf(one);
    const after = await append(one, lease, 'a');
    const all = Array.from({ length: backboneLimits.maxEntries + 1 }, (_, at) => `b${String(at)}`);
    await append(one, lease, ...all);
    const attendance = await attend(other, { after });
    expect([bodies(attendance).length, attendance.isGap]).toEqual([backboneLimits.maxEntries, true]);
  });

  it('forgets a topic that nobody has used for long, and says so to who comes with a place in it', async () => {
    const after = await append(one, await leaseOf(one), 'a');
    nowMs += backboneLimits.keepMs;
    const attendance = await attend(one, { after });
    expect(attendance).toMatchObject({ entries: [], isGap: true });
    expect(attendance.head.log).not.toBe(after?.log);
  });

  it('remembers so many topics', async () => {
    for (const topic of ['t', 'u', 'v', 'w']) await append(one, await leaseOf(one, topic), 'a');
    expect(bodies(await attend(other, { topic: 'w', wantsLease: false }))).toEqual(['a']);
    expect(bodies(await attend(other, { topic: 't', wantsLease: false }))).toEqual([]);
  });

  it('tells the others, and not who did it, of news', async () => {
    const heard: string[] = [];
    one.onHint(() => heard.push('one'));
    const deafen = other.onHint((topic) => heard.push(`other ${String(topic)}`));
    const lease = await leaseOf(one);
    await append(one, lease, 'a');
    await one.release([lease]);
    expect(heard).toEqual(['other t', 'other t']);
    deafen();
    await append(one, await leaseOf(one), 'b');
    expect(heard).toHaveLength(2);
  });
});
