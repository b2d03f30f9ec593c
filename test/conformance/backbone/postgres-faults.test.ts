import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Backbone, Lease, LogPosition } from '../../../src/state/backbone/backbone';
import { BackboneUnavailable } from '../../../src/errors/backbone-unavailable';
import { systemTimers } from '../../../src/lib/timers';
import type { Timers } from '../../../src/lib/timers';
import type { PostgresBackboneOptions } from '../../../src/state/backbone/postgres-backbone';
import { startFaultProxy } from '../../support/fault-proxy';
import type { FaultProxy } from '../../support/fault-proxy';
import { newPostgresBackbone, openPostgresBackbones, untilUp } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';
import { seededRandom } from '../../support/seeded-random';
import { textsOf } from './attendances';

let server: PostgresServer;
let proxy: FaultProxy;
const opened: Backbone[] = [];

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultProxy(server.port);
});
afterEach(async () => {
  proxy.become('none');
  for (const backbone of opened.splice(0)) await backbone.close();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

const overProxy = (options: Partial<PostgresBackboneOptions> = {}): Backbone => {
  const backbone = newPostgresBackbone(server.url(proxy.port), options);
  opened.push(backbone);
  return backbone;
};
const connected = async (options: Partial<PostgresBackboneOptions> = {}): Promise<Backbone> => {
  const backbone = overProxy(options);
  await untilUp(backbone);
  return backbone;
};
const take = async (backbone: Backbone, topic: string): Promise<Lease> => {
  const [attendance] = await backbone.attend([{ topic, after: null, wantsLease: true }]);
  if (!attendance?.lease) throw new Error(`${topic} is taken`);
  return attendance.lease;
};
const append = async (backbone: Backbone, lease: Lease, body: string): Promise<LogPosition | null> =>
  (await backbone.append([{ lease, entries: [{ replacesKey: null, body }] }]))[0] ?? null;
const read = async (backbone: Backbone, topic: string, after: LogPosition | null = null) => {
  const [attendance] = await backbone.attend([{ topic, after, wantsLease: false }]);
  if (attendance === undefined) throw new Error('no answer');
  return attendance;
};
/** How long it took to say that there is no backbone, in ms. */
const refusalMs = async (call: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await expect(call).rejects.toBeInstanceOf(BackboneUnavailable);
  return performance.now() - began;
};
const untilDown = async (backbone: Backbone): Promise<void> => {
  while (backbone.isUp) await new Promise((resolve) => setTimeout(resolve, 5));
};
/** A twentieth of the time: ten seconds are half a one. */
const hastened: Timers = { schedule: (delayMs, run) => systemTimers.schedule(delayMs / 20, run) };
const inHaste: Partial<PostgresBackboneOptions> = {
  timers: hastened,
  limits: { callTimeoutMs: 5_000 as 250 },
};

describe('a backbone in PostgreSQL that', () => {
  it('is away at the start refuses calls at once, and is there when the server is', async () => {
    proxy.become('refuses');
    const backbone = overProxy();
    expect(await refusalMs(take(backbone, 'start'))).toBeLessThan(100);
    expect(backbone.isUp).toBe(false);
    proxy.become('none');
    await untilUp(backbone);
    await take(backbone, 'start');
  });

  it('does not answer is given up after a quarter of a second, and its connection is not used again', async () => {
    const backbone = await connected();
    const before = proxy.opened();
    proxy.become('swallows');
    expect(await refusalMs(take(backbone, 'silent'))).toBeLessThan(400);
    expect(backbone.isUp).toBe(false);
    proxy.become('none');
    await untilUp(backbone);
    await take(backbone, 'silent');
    expect(proxy.opened()).toBeGreaterThanOrEqual(before + 2);
  });

  it('falls silent while nobody asks is noticed within ten seconds', async () => {
    const backbone = await connected(inHaste);
    proxy.become('swallows');
    const began = performance.now();
    await untilDown(backbone);
    expect((performance.now() - began) * 20).toBeLessThan(10_000);
  });

  it('takes 300 ms for everything is not waited for, and is no backbone until it is quick again', async () => {
    const backbone = await connected();
    proxy.become({ delayMs: 300 });
    expect(await refusalMs(take(backbone, 'slow'))).toBeLessThan(400);
    expect(await refusalMs(take(backbone, 'slow'))).toBeLessThan(50);
    proxy.become('none');
    await untilUp(backbone);
    await take(backbone, 'slow');
  });

  it('has one request in twenty cut off loses and doubles nothing that was acknowledged', async () => {
    const failed: string[] = [];
    const [ada, bob] = [await connected({ callFailed: (call) => failed.push(call) }), await connected()];
    proxy.become({ resetShare: 0.05, random: seededRandom(7) });
    const acknowledged: { readonly body: string; readonly sequence: number }[] = [];
    for (let tried = 0; tried < 40; tried += 1) {
      await untilUp(ada);
      const body = `entry ${tried}`;
      await take(ada, 'shaky')
        .then((lease) => append(ada, lease, body))
        .then((position) => position && acknowledged.push({ body, sequence: position.sequence }))
        .catch(() => undefined);
    }
    proxy.become('none');
    await untilUp(bob);
    const { entries } = await read(bob, 'shaky');
    expect(failed.length).toBeGreaterThan(0);
    expect(entries).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(entries.map(({ body }) => body)).size).toBe(entries.length);
    expect(acknowledged.length).toBeGreaterThan(20);
  });

  it('is killed and started again still has what it acknowledged, and who held what', async () => {
    const [ada, bob] = [await connected(), await connected()];
    const lease = await take(ada, 'killed');
    const position = await append(ada, lease, 'acknowledged');
    const heard: (string | null)[] = [];
    bob.onHint((topic) => void heard.push(topic));
    await server.kill();
    await Promise.all([untilDown(ada), untilDown(bob)]);
    expect(await refusalMs(read(bob, 'killed'))).toBeLessThan(100);
    await server.start();
    await Promise.all([untilUp(ada), untilUp(bob)]);
    expect(heard).toContain(null);
    expect(textsOf(await read(bob, 'killed'))).toEqual(['1 acknowledged']);
    expect(await read(bob, 'killed', position)).toMatchObject({ isGap: false, entries: [] });
    expect(await append(ada, lease, 'goes on')).toMatchObject({ sequence: 2 });
  });

  it('has lost all it had says so: gaps, and no lease of before', async () => {
    const [ada, bob] = [await connected(), await connected()];
    const lease = await take(ada, 'lost');
    const position = await append(ada, lease, 'lost');
    const admin = await openPostgresBackbones(server.url());
    await admin.admin.query('truncate backbone_topic, backbone_entry');
    expect(await append(ada, lease, 'under the lost lease')).toBeNull();
    const later = await take(bob, 'lost');
    await append(bob, later, 'new');
    const seen = await read(ada, 'lost', position);
    expect(seen.isGap).toBe(true);
    expect(textsOf(seen)).toEqual(['1 new']);
    await admin.close();
  });

  it('was taken over by a server that lacks the last writes has gaps, and no position of before', async () => {
    const [ada, bob] = [await connected(), await connected()];
    const lease = await take(ada, 'failover');
    await append(ada, lease, 'kept');
    const lost = await append(ada, lease, 'lost');
    const { admin, close } = await openPostgresBackbones(server.url());
    // What a replica of the server has that takes over: all but the last write, and a timeline of its own from then on.
    await admin.query(`delete from backbone_entry where topic = 'failover' and sequence = 2`);
    await admin.query(`update backbone_topic set head = 1, timeline = 'before' where topic = 'failover'`);
    const again = await append(ada, lease, 'another one');
    expect(again?.sequence).toBe(lost?.sequence);
    const seen = await read(bob, 'failover', lost);
    expect(seen.isGap).toBe(true);
    expect(textsOf(seen)).toEqual(['1 kept', '2 another one']);
    expect(seen.head.log).not.toBe(lost?.log);
    await close();
  });
});

describe('the tables of a backbone', () => {
  it('forget each minute what nobody needed for long', async () => {
    const { admin, shiftTimes, close } = await openPostgresBackbones(server.url());
    const ada = await connected();
    const [old, held] = [await take(ada, 'old'), await take(ada, 'held')];
    for (const lease of [old, held]) await append(ada, lease, 'entry');
    await ada.release([old]);
    await shiftTimes(backboneLimits.keepMs * 2);
    await admin.query(
      `update backbone_topic set held_until = now() + interval '1 minute' where topic = 'held'`,
    );
    // A minute passes at once; all else takes its time.
    const quickMinutes: Timers = {
      schedule: (delayMs, run) => systemTimers.schedule(delayMs === 60_000 ? 5 : delayMs, run),
    };
    await connected({ timers: quickMinutes });
    const kept = async (): Promise<readonly string[]> => {
      const { rows } = await admin.query<{ topic: string }>(
        `select distinct topic from backbone_entry where topic in ('old', 'held') order by topic`,
      );
      return rows.map(({ topic }) => topic);
    };
    while ((await kept()).length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await kept()).toEqual(['held']);
    await close();
  });

  it('are made once, also by replicas that start at once, and again where they are gone', async () => {
    const { admin, close } = await openPostgresBackbones(server.url());
    await admin.query(
      'drop table backbone_entry, backbone_topic, backbone_replica, backbone_step; drop sequence backbone_fence',
    );
    const replicas = await Promise.all(Array.from({ length: 5 }, () => connected()));
    const taken = await Promise.all(
      replicas.map((replica) => replica.attend([{ topic: 'first', after: null, wantsLease: true }])),
    );
    expect(taken.flat().filter(({ lease }) => lease !== null)).toHaveLength(1);
    await close();
  });

  it('are refused where a later release made them, in words that hold no secret', async () => {
    const { admin, close } = await openPostgresBackbones(server.url());
    await admin.query('insert into backbone_step values (99)');
    const said: string[] = [];
    const warned = new Promise<void>((resolve) => {
      overProxy({
        log: {
          info: () => undefined,
          warn: (about, message) => {
            said.push(JSON.stringify(about), message);
            resolve();
          },
        },
      });
    });
    await warned;
    await admin.query('delete from backbone_step where step = 99');
    expect(said.join(' ')).toMatch(/made by a later release \(step 99; this one knows 2\)/);
    expect(said.join(' ')).not.toContain('a-password-of-tests');
    expect(opened.at(-1)?.isUp).toBe(false);
    await close();
  });
});
