import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Attendance, Backbone, Lease, LogPosition } from '../../../src/state/backbone/backbone';
import { textsOf } from './attendances';

/** What is shared, as several replicas have it. */
export interface SharedBackbone {
  /** One more replica, connected. */
  join(): Promise<Backbone>;
  /** Makes this much time pass for leases and logs, and forgets what is due. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const { leaseMs, renewMs, silentMs, keepMs, maxEntries } = backboneLimits;

/** What the port promises, asked of one way to keep the promises. */
export function describeBackbone(name: string, open: () => Promise<SharedBackbone>): void {
  describe(`the backbone ${name}`, () => {
    let shared: SharedBackbone;
    let ada: Backbone;
    let bob: Backbone;
    let made = 0;
    const newTopic = (): string => `topic-${(made += 1)}`;

    beforeAll(async () => {
      shared = await open();
      [ada, bob] = [await shared.join(), await shared.join()];
    });
    afterAll(async () => {
      for (const replica of [ada, bob]) await replica.close();
      await shared.close();
    });

    const attend = async (
      replica: Backbone,
      topic: string,
      asked: { readonly after?: LogPosition | null; readonly wantsLease?: boolean } = {},
    ): Promise<Attendance> => {
      const [attendance] = await replica.attend([{ topic, after: null, wantsLease: false, ...asked }]);
      if (attendance === undefined) throw new Error('no answer');
      return attendance;
    };
    const take = async (replica: Backbone, topic: string): Promise<Lease> => {
      const { lease } = await attend(replica, topic, { wantsLease: true });
      if (lease === null) throw new Error(`${topic} is taken`);
      return lease;
    };
    const append = async (
      replica: Backbone,
      lease: Lease,
      ...entries: readonly (string | readonly [key: string, body: string])[]
    ): Promise<LogPosition | null> => {
      const [position = null] = await replica.append([
        {
          lease,
          entries: entries.map((entry) =>
            typeof entry === 'string'
              ? { replacesKey: null, body: entry }
              : { replacesKey: entry[0], body: entry[1] },
          ),
        },
      ]);
      return position;
    };

    describe('leases', () => {
      it('are given to the first who wants one, and to nobody else while it holds', async () => {
        const topic = newTopic();
        await take(ada, topic);
        const other = await attend(bob, topic, { wantsLease: true });
        expect(other.lease).toBeNull();
        expect(other.takenForMs).toBeGreaterThan(silentMs / 2);
        expect(other.takenForMs).toBeLessThanOrEqual(silentMs);
      });

      it('are not given to whoever only reads', async () => {
        const topic = newTopic();
        expect(await attend(ada, topic)).toMatchObject({ lease: null, takenForMs: 0 });
        expect((await attend(bob, topic, { wantsLease: true })).lease).not.toBeNull();
      });

      it('are kept by who holds them, under the same fence', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        expect(await take(ada, topic)).toEqual(lease);
      });

      it('last as long again each time that their holder attends', async () => {
        const topic = newTopic();
        await take(ada, topic);
        await shared.pass(leaseMs * 0.7);
        await take(ada, topic);
        await shared.pass(leaseMs * 0.7);
        await ada.beat();
        expect((await attend(bob, topic, { wantsLease: true })).lease).toBeNull();
      });

      it('last as long again when they are renewed', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        await shared.pass(leaseMs * 0.7);
        expect(await ada.renew([lease])).toEqual([true]);
        await shared.pass(leaseMs * 0.7);
        await ada.beat();
        expect((await attend(bob, topic, { wantsLease: true })).lease).toBeNull();
      });

      it('end by themselves, and go to another one under a higher fence', async () => {
        const topic = newTopic();
        const old = await take(ada, topic);
        await shared.pass(leaseMs + 1);
        const taken = await take(bob, topic);
        expect(taken.fence).toBeGreaterThan(old.fence);
        expect(await ada.renew([old])).toEqual([false]);
      });

      it('go to another one before their end where their holder gives no sign of life', async () => {
        const topic = newTopic();
        const old = await take(ada, topic);
        await shared.pass(silentMs + 1);
        const { fence } = await take(bob, topic);
        expect(fence).toBeGreaterThan(old.fence);
        expect(await append(ada, old, 'late')).toBeNull();
        expect(await ada.renew([old])).toEqual([false]);
        expect((await attend(ada, topic, { wantsLease: true })).lease).toBeNull();
      });

      it.each(['beats', 'renews'])('stay with a holder that %s', async (how) => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        for (let passedMs = 0; passedMs + silentMs / 2 < renewMs; passedMs += silentMs / 2) {
          await shared.pass(silentMs / 2);
          if (how === 'beats') await ada.beat();
          else await ada.renew([lease]);
          const other = await attend(bob, topic, { wantsLease: true });
          expect(other.lease).toBeNull();
          expect(other.takenForMs).toBeGreaterThan(silentMs / 2);
        }
      });

      it('stay with a holder that was silent where nobody else came', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        await shared.pass(silentMs + 1);
        expect(await append(ada, lease, 'late')).not.toBeNull();
        expect(await take(ada, topic)).toEqual(lease);
      });

      it('end though their holder lives', async () => {
        const topic = newTopic();
        await take(ada, topic);
        await shared.pass(leaseMs + 1);
        await ada.beat();
        await take(bob, topic);
      });

      it('cannot be renewed after their end, even where nobody took them', async () => {
        const topic = newTopic();
        const old = await take(ada, topic);
        await shared.pass(leaseMs + 1);
        expect(await ada.renew([old])).toEqual([false]);
        expect((await take(ada, topic)).fence).toBeGreaterThan(old.fence);
      });

      it('are free at once when they are given back', async () => {
        const topic = newTopic();
        const old = await take(ada, topic);
        await ada.release([old]);
        expect((await take(bob, topic)).fence).toBeGreaterThan(old.fence);
      });

      it('cannot be given back by whoever has lost them', async () => {
        const topic = newTopic();
        const old = await take(ada, topic);
        await shared.pass(leaseMs + 1);
        await take(bob, topic);
        await ada.release([old]);
        expect((await attend(ada, topic, { wantsLease: true })).lease).toBeNull();
      });

      it('go to one of two who ask at once, topic by topic', async () => {
        const topics = Array.from({ length: 50 }, newTopic);
        const requests = topics.map((topic) => ({ topic, after: null, wantsLease: true }));
        const answers = await Promise.all([ada.attend(requests), bob.attend([...requests].reverse())]);
        const holders = topics.map(
          (topic) => answers.flat().filter(({ lease }) => lease?.topic === topic).length,
        );
        expect(holders).toEqual(topics.map(() => 1));
      });
    });

    describe('logs', () => {
      it('give everybody what was appended, in order', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const position = await append(ada, lease, 'one', 'two');
        const seen = await attend(bob, topic);
        expect(textsOf(seen)).toEqual(['1 one', '2 two']);
        expect(seen.head).toEqual(position);
        expect(seen.isGap).toBe(false);
      });

      it('give what is behind a position, and nothing twice', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const first = await append(ada, lease, 'one');
        await append(ada, lease, 'two', 'three');
        const seen = await attend(bob, topic, { after: first });
        expect(textsOf(seen)).toEqual(['2 two', '3 three']);
        expect(textsOf(await attend(bob, topic, { after: seen.head }))).toEqual([]);
      });

      it('begin at 0, with nothing', async () => {
        const { entries, head, isGap } = await attend(ada, newTopic());
        expect({ entries, sequence: head.sequence, isGap }).toEqual({
          entries: [],
          sequence: 0,
          isGap: false,
        });
      });

      it('take nothing from whoever has lost the lease', async () => {
        const topic = newTopic();
        const stale = await take(ada, topic);
        await shared.pass(leaseMs + 1);
        const lease = await take(bob, topic);
        expect(await append(ada, stale, 'late')).toBeNull();
        await append(bob, lease, 'right');
        expect(textsOf(await attend(ada, topic))).toEqual(['1 right']);
      });

      it('take nothing under a fence of another replica', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        expect(await append(bob, lease, 'stolen')).toBeNull();
      });

      it('take nothing after the end of a lease', async () => {
        const topic = newTopic();
        const stale = await take(ada, topic);
        await shared.pass(leaseMs + 1);
        expect(await append(ada, stale, 'late')).toBeNull();
      });

      it('show to a new holder all that the one before has appended', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const [, , taken] = await Promise.all([
          append(ada, lease, 'last words'),
          ada.release([lease]),
          attend(bob, topic, { wantsLease: true }),
        ]);
        const entries = textsOf(taken.lease === null ? await attend(bob, topic) : taken);
        expect(entries).toEqual(['1 last words']);
      });

      it('keep the last entry of a key, at its new place', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        await append(ada, lease, ['progress', '10 %'], 'status');
        const position = await append(ada, lease, ['progress', '20 %'], ['progress', '30 %']);
        const seen = await attend(bob, topic);
        expect(textsOf(seen)).toEqual(['2 status', '4 30 %']);
        expect(position).toEqual(seen.head);
        expect(seen.head.sequence).toBe(4);
      });

      it('have no gap where entries were only replaced', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const first = await append(ada, lease, ['progress', '10 %']);
        await append(ada, lease, ['progress', '20 %'], ['progress', '30 %']);
        const seen = await attend(bob, topic, { after: first });
        expect(seen.isGap).toBe(false);
        expect(textsOf(seen)).toEqual(['3 30 %']);
      });

      it('keep keys apart by topic', async () => {
        const [one, other] = [newTopic(), newTopic()];
        for (const topic of [one, other]) await append(ada, await take(ada, topic), ['k', topic]);
        expect(textsOf(await attend(bob, one))).toEqual([`1 ${one}`]);
      });

      it('keep so many entries, and say that there is a gap to whoever misses older ones', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const first = await append(ada, lease, 'first');
        const second = await append(ada, lease, 'second');
        await append(ada, lease, ...Array.from({ length: maxEntries }, (_, index) => `entry ${index}`));
        const all = await attend(ada, topic);
        expect(all.entries).toHaveLength(maxEntries);
        expect(all.isGap).toBe(false);
        const missed = await attend(ada, topic, { after: first });
        expect(missed.isGap).toBe(true);
        expect(missed.entries).toHaveLength(maxEntries);
        const missedNothing = await attend(ada, topic, { after: second });
        expect(missedNothing.isGap).toBe(false);
      });

      it('say that there is a gap to whoever knows another log, or more than there is', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const position = await append(ada, lease, 'one');
        const { head } = await attend(bob, topic);
        for (const after of [
          { log: 'another', sequence: 1 },
          { ...head, sequence: 7 },
        ]) {
          const seen = await attend(bob, topic, { after });
          expect(seen.isGap).toBe(true);
          expect(textsOf(seen)).toEqual(['1 one']);
          expect(seen.head).toEqual(position);
        }
      });

      it('are forgotten when nobody needed them for long, and come again under another name', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        const position = await append(ada, lease, 'one');
        await ada.release([lease]);
        await shared.pass(keepMs * 2);
        const seen = await attend(ada, topic, { after: position, wantsLease: true });
        expect(seen.isGap).toBe(true);
        expect(seen.entries).toEqual([]);
        expect(seen.head.log).not.toBe(position?.log);
        expect(seen.lease?.fence).toBeGreaterThan(lease.fence);
      });

      it('are not forgotten while somebody attends', async () => {
        const topic = newTopic();
        const position = await append(ada, await take(ada, topic), 'one');
        for (let times = 0; times < 4; times += 1) {
          await shared.pass(keepMs * 0.6);
          await attend(bob, topic);
        }
        expect(await attend(bob, topic, { after: position })).toMatchObject({
          isGap: false,
          head: position,
        });
      });
    });

    describe('hints', () => {
      it('tell the others of new entries', async () => {
        const topic = newTopic();
        await attend(bob, topic);
        const heard = nextHint(bob, topic);
        await append(ada, await take(ada, topic), 'news');
        await heard;
      });

      it('tell the others that a lease was given back', async () => {
        const topic = newTopic();
        const lease = await take(ada, topic);
        await attend(bob, topic);
        const heard = nextHint(bob, topic);
        await ada.release([lease]);
        await heard;
      });

      it('tell the others of a poke, whoever gives it', async () => {
        const topic = newTopic();
        await take(ada, topic);
        const heard = nextHint(ada, topic);
        bob.poke([topic]);
        await heard;
      });

      it('come no more to whoever has stopped listening', async () => {
        const [topic, last] = [newTopic(), newTopic()];
        const heard: (string | null)[] = [];
        const stop = bob.onHint((about) => void heard.push(about));
        stop();
        for (const one of [topic, last]) await attend(bob, one);
        const lastHeard = nextHint(bob, last);
        for (const one of [topic, last]) await append(ada, await take(ada, one), 'news');
        await lastHeard;
        expect(heard).toEqual([]);
      });
    });

    describe('calls', () => {
      it('answer nothing to nothing', async () => {
        expect([await ada.attend([]), await ada.append([]), await ada.renew([])]).toEqual([[], [], []]);
        await ada.release([]);
        expect(ada.isUp).toBe(true);
      });

      it('answer in the order in which they were asked, also where a topic comes twice', async () => {
        const [one, other] = [newTopic(), newTopic()];
        const [first, second] = [await take(ada, other), await take(ada, one)];
        const positions = await ada.append([
          { lease: first, entries: [{ replacesKey: null, body: 'a' }] },
          { lease: { ...second, fence: second.fence - 1 }, entries: [{ replacesKey: null, body: 'stale' }] },
          { lease: second, entries: [{ replacesKey: null, body: 'b' }] },
          { lease: second, entries: [{ replacesKey: null, body: 'c' }] },
        ]);
        expect(positions.map((position) => position?.sequence ?? null)).toEqual([1, null, 1, 2]);
        const seen = await bob.attend([
          { topic: one, after: null, wantsLease: false },
          { topic: other, after: null, wantsLease: true },
          { topic: one, after: positions[2] ?? null, wantsLease: false },
        ]);
        expect(seen.map(textsOf)).toEqual([['1 b', '2 c'], ['1 a'], ['2 c']]);
        expect(await ada.renew([second, { ...first, fence: first.fence - 1 }, first])).toEqual([
          true,
          false,
          true,
        ]);
      });

      it('take a thousand topics at once', async () => {
        const topics = Array.from({ length: 1_000 }, newTopic);
        const requests = topics.map((topic) => ({ topic, after: null, wantsLease: true }));
        const leases = (await ada.attend(requests)).flatMap(({ lease }) => lease ?? []);
        expect(leases.map(({ topic }) => topic)).toEqual(topics);
        await ada.append(
          leases.map((lease) => ({ lease, entries: [{ replacesKey: 'k', body: lease.topic }] })),
        );
        expect(await ada.renew(leases)).toEqual(topics.map(() => true));
        expect((await bob.attend(requests)).map(textsOf)).toEqual(topics.map((topic) => [`1 ${topic}`]));
        await ada.release(leases);
        expect((await bob.attend(requests)).every(({ lease }) => lease !== null)).toBe(true);
      });

      it('keep any text as it is', async () => {
        const topic = `${newTopic()} "'\\ {}, 😀`;
        const body = JSON.stringify({ text: 'a\u0000b \\ " \' {NULL,""} 😀 \n\t' });
        await append(ada, await take(ada, topic), [body, body], '');
        expect((await attend(bob, topic)).entries).toEqual([
          { sequence: 1, body },
          { sequence: 2, body: '' },
        ]);
      });
    });
  });
}

/** Resolves when a replica hears of a topic. */
function nextHint(replica: Backbone, topic: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = replica.onHint((about) => {
      if (about !== topic) return;
      stop();
      resolve();
    });
  });
}
