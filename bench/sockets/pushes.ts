import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure';
import { Crowd, poke, spread, untilStale } from './crowd';
import type { Stage } from './crowd';
import { cpuOf, urlOf } from './part';
import type { Part } from './part';
import { allJobs, oneJob } from './subscribing';
import type { Row, Size } from './subscribing';

/** One change told to all, in turn with the same bytes sent by `ws` alone. */
export async function tellAll(stage: Stage, raw: Part, size: Size): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'one job');
  const { delaysMs, shownAfterMs, ...costs } = await tellInTurn(stage, raw, {
    ...size,
    crowd,
    changes: 1,
    passerBy: oneJob,
  });
  return [
    ...pushRows('one job, one change to all', costs),
    { what: 'one job: from its change to the receipt by all', measured: spread(delaysMs) },
    { what: 'of that, until a poll showed it', measured: spread(shownAfterMs) },
  ];
}

/** Many changes in one look, told to all: the cost of a push with little around it. */
export async function tellMany(
  stage: Stage,
  raw: Part,
  { jobs, ...size }: Size & { readonly jobs: number },
): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'all jobs');
  const passerBy = { ...allJobs, firstFrames: jobs };
  await crowd.open({ ...passerBy, url: stage.url, count: size.sockets });
  await new Crowd(stage.clients, 'raw').open({ url: await urlOf(raw), count: size.sockets });
  const costs = await tellInTurn(stage, raw, { ...size, crowd, changes: jobs, passerBy });
  return pushRows(`jobsChanged, ${jobs} changes at once to all`, costs);
}

/** CPU µs of a push, round by round. */
interface PushCosts {
  readonly gateway: readonly number[];
  readonly raw: readonly number[];
}

interface Telling extends Size {
  readonly crowd: Crowd;
  /** In each round, all in one look. */
  readonly changes: number;
  /** What he asks for who makes the gateway look. */
  readonly passerBy: object;
}

async function tellInTurn(
  stage: Stage,
  raw: Part,
  telling: Telling,
): Promise<PushCosts & { readonly delaysMs: readonly number[]; readonly shownAfterMs: readonly number[] }> {
  const { crowd, changes, sockets, rounds, warmUpRounds, staleMs, idleMs } = telling;
  const pushes = sockets * changes;
  const costs = { gateway: [] as number[], raw: [] as number[] };
  const delaysMs: number[] = [];
  const idle = { gateway: 0, raw: 0 };
  await crowd.take();
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    if (round === 0) {
      [idle.gateway, idle.raw] = await Promise.all([
        idleShare(stage.gateway, idleMs),
        idleShare(raw, idleMs),
      ]);
      await stage.adobe.ask({ do: 'told' });
    }
    // A pause stands before each of the two, so that neither finds the machine busier than the other does.
    await untilStale(stage, staleMs);
    const told = await costOf(stage.gateway, idle.gateway, async () => {
      await stage.adobe.ask({ do: 'step', count: changes });
      await poke(stage, telling.passerBy);
      await crowd.hear(pushes);
    });
    const heard = await crowd.take();
    await sleep(staleMs / 2);
    const sent = await costOf(raw, idle.raw, () =>
      broadcast(stage, raw, { pushes, changes, text: heard.text }),
    );
    await new Crowd(stage.clients, 'raw').take();
    if (round < 0) continue;
    costs.gateway.push(told / pushes);
    costs.raw.push(sent / pushes);
    delaysMs.push(...heard.delaysMs);
  }
  const { shownAfterMs } = await stage.adobe.ask({ do: 'told' });
  return { ...costs, delaysMs, shownAfterMs: shownAfterMs as number[] };
}

async function broadcast(
  { clients }: Stage,
  raw: Part,
  sent: { readonly pushes: number; readonly changes: number; readonly text: string },
): Promise<void> {
  await raw.ask({ do: 'broadcast', text: sent.text, times: sent.changes });
  await new Crowd(clients, 'raw').hear(sent.pushes);
}

/** The figures that are held against the target are of all rounds together, whatever was collected in them. */
function pushRows(name: string, { gateway, raw }: PushCosts): Row[] {
  const ratio = sumOf(gateway) / sumOf(raw);
  const ratios = gateway.map((cpuUs, round) => cpuUs / (raw[round] ?? NaN));
  const [low, high] = [quantile(ratios, 0.1).toFixed(2), quantile(ratios, 0.9).toFixed(2)];
  const perPush = (costs: readonly number[]): string => `${(sumOf(costs) / costs.length).toFixed(1)} µs`;
  return [
    { what: `${name}: CPU of a push`, measured: perPush(gateway) },
    { what: 'the same bytes by ws alone', measured: perPush(raw) },
    { what: 'push by plain broadcast', measured: ratio.toFixed(2), target: '≤ 1.15', isMet: ratio <= 1.15 },
    { what: `in ${gateway.length} single rounds`, measured: `p10 ${low}, p90 ${high}` },
  ];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** @param idle what it spends in a ms on nothing. @returns CPU µs of the whole process, without those. */
async function costOf(part: Part, idle: number, work: () => Promise<void>): Promise<number> {
  const started = await cpuOf(part);
  await work();
  const ended = await cpuOf(part);
  return ended.cpuUs - started.cpuUs - idle * (ended.atMs - started.atMs);
}

/** CPU µs a ms of one that nothing is asked of: heartbeats, as a rule. */
async function idleShare(part: Part, idleMs: number): Promise<number> {
  const started = await cpuOf(part);
  await sleep(idleMs);
  const ended = await cpuOf(part);
  return (ended.cpuUs - started.cpuUs) / (ended.atMs - started.atMs);
}
