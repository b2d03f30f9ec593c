import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../measure';
import { jobIdOf } from './adobe';
import { Crowd, poke, spread, watching } from './crowd';
import type { Stage } from './crowd';
import type { Part } from './part';

/** A row of the table: what, how much, and what it should be. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  /** Absent where nothing was promised. */
  readonly isMet?: boolean;
}

export interface Size {
  readonly sockets: number;
  /** For how long changes are made without pause. */
  readonly seconds: number;
  readonly rounds: number;
  /** What is spent on nothing, to know what that costs. */
  readonly idleMs: number;
  /** After which a state that was read counts as old. */
  readonly staleMs: number;
  /** Until what a crowd has left behind is given back. */
  readonly settleMs: number;
}

const selection =
  'cursor type at replayed previousStatus job { id status progress { fraction basis } updatedAt }';
const oneJob = {
  query: `subscription ($id: ID!) { segmentJobChanged(id: $id) { ${selection} } }`,
  variables: [{ id: jobIdOf(0) }],
};
const allJobs = { query: `subscription { jobsChanged(kinds: [SEGMENT]) { ${selection} } }` };
const kib = 1024;
const mib = 1024 * 1024;

/** Memory of those who wait, beside plain sockets of `ws`. */
export async function holdSockets(stage: Stage, raw: Part, { sockets }: Size): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'one job');
  const before = await usageOf(stage.gateway);
  const opened = await crowd.open({ ...oneJob, url: stage.url, count: sockets });
  await sleep(500);
  const after = await usageOf(stage.gateway);
  const plainBefore = await usageOf(raw);
  await new Crowd(stage.clients, 'raw').open({ url: await urlOf(raw), count: sockets });
  const plainAfter = await usageOf(raw);
  const heap = (after.heap - before.heap) / sockets / kib;
  const plainHeap = (plainAfter.heap - plainBefore.heap) / sockets / kib;
  const rss = after.rss / mib;
  const name = `${sockets.toLocaleString('en-US')} sockets, a subscription each`;
  return [
    { what: `${name}: until each has its first event`, measured: `${(opened.ms / 1000).toFixed(1)} s` },
    { what: 'acknowledgement, 200 at a time', measured: spread(opened.ackMs) },
    { what: 'RSS with all of them', measured: `${rss.toFixed(0)} MB`, target: '< 600 MB', isMet: rss < 600 },
    { what: 'heap of a socket with its subscription', measured: `${heap.toFixed(1)} KiB` },
    { what: 'heap of a plain socket of ws', measured: `${plainHeap.toFixed(1)} KiB` },
    {
      what: 'heap of an idle subscriber beyond its socket',
      measured: `${(heap - plainHeap).toFixed(1)} KiB`,
      target: '≤ 4 KiB',
      isMet: heap - plainHeap <= 4,
    },
  ];
}

/** One change told to all, in turn with the same bytes sent by `ws` alone. */
export async function tellAll(
  stage: Stage,
  raw: Part,
  { sockets, rounds, idleMs, staleMs }: Size,
): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'one job');
  const idle = await idleShare(stage.gateway, idleMs);
  const figures = { gateway: [] as number[], raw: [] as number[] };
  const delaysMs: number[] = [];
  await crowd.take();
  await stage.adobe.ask({ do: 'told' });
  let shownAfterMs: readonly number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await sleep(staleMs);
    const started = await cpuOf(stage.gateway);
    await stage.adobe.ask({ do: 'step', count: 1 });
    await poke(stage, oneJob);
    await crowd.hear(sockets);
    const ended = await cpuOf(stage.gateway);
    figures.gateway.push((ended.cpuUs - started.cpuUs - idle * (ended.atMs - started.atMs)) / sockets);
    const heard = await crowd.take();
    delaysMs.push(...heard.delaysMs);
    figures.raw.push(await broadcast(stage, raw, { sockets, times: 1, text: heard.text }));
  }
  shownAfterMs = (await stage.adobe.ask({ do: 'told' }))['shownAfterMs'] as number[];
  return [
    ...pushRows('one job, one change to all', figures),
    { what: 'one job: from its change to the receipt by all', measured: spread(delaysMs) },
    { what: 'of that, until a poll showed it', measured: spread(shownAfterMs) },
  ];
}

/** Many changes in one look, told to all: the cost of a push with little around it. */
export async function tellMany(
  stage: Stage,
  raw: Part,
  { sockets, jobs, rounds, idleMs, staleMs }: Size & { readonly jobs: number },
): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'all jobs');
  await crowd.open({ ...allJobs, url: stage.url, count: sockets, firstFrames: jobs });
  await new Crowd(stage.clients, 'raw').open({ url: await urlOf(raw), count: sockets });
  await crowd.take();
  const figures = { gateway: [] as number[], raw: [] as number[] };
  const idle = await idleShare(stage.gateway, idleMs);
  for (let round = 0; round < rounds; round += 1) {
    await sleep(staleMs);
    const started = await cpuOf(stage.gateway);
    await stage.adobe.ask({ do: 'step', count: jobs });
    await poke(stage, { ...allJobs, firstFrames: jobs });
    await crowd.hear(sockets * jobs);
    const ended = await cpuOf(stage.gateway);
    const pushes = sockets * jobs;
    figures.gateway.push((ended.cpuUs - started.cpuUs - idle * (ended.atMs - started.atMs)) / pushes);
    const { text } = await crowd.take();
    figures.raw.push(await broadcast(stage, raw, { sockets, times: jobs, text }));
  }
  return pushRows(`jobsChanged, ${jobs} changes at once to all`, figures);
}

/** Many jobs that change all the time, some subscribers each. */
export async function keepTelling(
  stage: Stage,
  { sockets, seconds, jobs }: Size & { readonly jobs: number },
): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'many jobs');
  const variables = Array.from({ length: jobs }, (_, number) => ({ id: jobIdOf(number) }));
  await crowd.open({ ...oneJob, variables, url: stage.url, count: sockets });
  // They begin to run, one after the other: from there on looks at them are a second apart.
  await stepAll(stage, { jobs, seconds: secondsOfStep, status: 'PROCESSING' });
  await crowd.hear(sockets);
  await crowd.take();
  await stage.adobe.ask({ do: 'told' });
  const started = await cpuOf(stage.gateway);
  await stepAll(stage, { jobs, seconds });
  const ended = await cpuOf(stage.gateway);
  const { frames, delaysMs } = await crowd.take();
  const { calls, reads, shownAfterMs } = await stage.adobe.ask({ do: 'told' });
  const shown = shownAfterMs as number[];
  const tookSeconds = (ended.atMs - started.atMs) / 1_000;
  const changes = shown.length / tookSeconds;
  const name = `${jobs.toLocaleString('en-US')} jobs, ${sockets.toLocaleString('en-US')} subscribers`;
  return [
    {
      what: `${name}: changes a second that polls showed`,
      measured: changes.toFixed(0),
      target: '≥ 1,000',
      isMet: changes >= 1_000,
    },
    { what: 'pushes a second', measured: (frames / tookSeconds).toFixed(0) },
    { what: 'from the change until a poll showed it', measured: spread(shown) },
    {
      what: 'from then on to the receipt',
      measured: spread(delaysMs),
      target: 'p99 < 1,000 ms',
      isMet: quantile(delaysMs, 0.99) < 1_000,
    },
    {
      what: 'CPU of the gateway meanwhile',
      measured: `${((ended.cpuUs - started.cpuUs) / 10 / (ended.atMs - started.atMs)).toFixed(0)} % of a core`,
    },
    {
      what: 'upstream calls a second; jobs that a call reads',
      measured: `${(Number(calls) / tookSeconds).toFixed(1)}; ${(Number(reads) / Number(calls)).toFixed(0)}`,
    },
  ];
}

/** Each job changes every two seconds, some of them at a time. */
async function stepAll(
  { adobe }: Stage,
  { jobs, seconds, status }: { readonly jobs: number; readonly seconds: number; readonly status?: string },
): Promise<void> {
  const count = Math.ceil(jobs / secondsOfStep / turnsPerSecond);
  for (let turn = 0; turn < seconds * turnsPerSecond; turn += 1) {
    const nextMs = performance.now() + 1_000 / turnsPerSecond;
    await adobe.ask({ do: 'step', from: turn * count, count, status });
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}

const secondsOfStep = 2;
const turnsPerSecond = 10;

/** Half leave at once and come back at once, then all leave. */
export async function comeAndGo(
  stage: Stage,
  { sockets, staleMs, settleMs }: Size,
  emptyRss: number,
): Promise<Row[]> {
  const crowd = new Crowd(stage.clients, 'one job');
  const half = Math.floor(sockets / 2);
  const halfText = half.toLocaleString('en-US');
  await crowd.vanish(half);
  const halfMs = await until(async () => (await watching(stage.url)).subscribers <= sockets - half);
  await stage.adobe.ask({ do: 'told' });
  const back = await crowd.open({ ...oneJob, url: stage.url, count: half, atOnce: half });
  const { calls } = await stage.adobe.ask({ do: 'told' });
  const { watchedJobs } = await watching(stage.url);
  const ackMs = quantile(back.ackMs, 0.99);
  await crowd.vanish();
  const goneMs = await until(async () => (await watching(stage.url)).subscribers === 0);
  await stage.adobe.ask({ do: 'told' });
  await sleep(staleMs);
  const callsAfter = Number((await stage.adobe.ask({ do: 'told' }))['calls']);
  await sleep(settleMs);
  const rss = Number((await stage.gateway.ask({ do: 'resident' }))['rss']);
  return [
    {
      what: `${halfText} of them vanish at once: their watches are released in`,
      measured: `${halfMs.toFixed(0)} ms`,
      target: '< 30 s',
      isMet: halfMs < 30_000,
    },
    {
      what: `${halfText} come back at once: acknowledgement`,
      measured: spread(back.ackMs),
      target: 'p99 < 5 s',
      isMet: ackMs < 5_000,
    },
    {
      what: `upstream calls meanwhile (${(back.ms / 1_000).toFixed(1)} s), jobs watched`,
      measured: `${String(calls)}, ${watchedJobs}`,
      target: '1 job',
      isMet: watchedJobs === 1,
    },
    {
      what: 'all vanish at once: all watches are released in',
      measured: `${goneMs.toFixed(0)} ms`,
      target: '< 30 s',
      isMet: goneMs < 30_000,
    },
    {
      what: 'upstream calls in the time after',
      measured: String(callsAfter),
      target: '0',
      isMet: callsAfter === 0,
    },
    {
      what: 'RSS after all have gone, and before any came',
      measured: `${(rss / mib).toFixed(0)}, ${(emptyRss / mib).toFixed(0)} MB`,
      target: '≤ 1.1 times',
      isMet: rss <= 1.1 * emptyRss,
    },
  ];
}

/** Many subscriptions on each socket, so that what a socket costs does not matter. */
export async function holdMany(stage: Stage, { sockets }: Size): Promise<Row[]> {
  const perSocket = Math.min(100, sockets);
  const before = await usageOf(stage.gateway);
  const count = Math.floor(sockets / perSocket);
  await new Crowd(stage.clients, 'many each').open({ ...oneJob, url: stage.url, count, perSocket });
  await sleep(500);
  const after = await usageOf(stage.gateway);
  const heap = (after.heap - before.heap) / (count * perSocket) / kib;
  return [
    {
      what: `heap of a subscription, ${perSocket} on each socket`,
      measured: `${heap.toFixed(1)} KiB`,
      target: '≤ 4 KiB',
      isMet: heap <= 4,
    },
  ];
}

function pushRows(
  name: string,
  { gateway, raw }: { gateway: readonly number[]; raw: readonly number[] },
): Row[] {
  const ratio = median(gateway.map((cpuUs, round) => cpuUs / (raw[round] ?? NaN)));
  return [
    { what: `${name}: CPU of a push`, measured: `${median(gateway).toFixed(1)} µs` },
    { what: 'the same bytes by ws alone', measured: `${median(raw).toFixed(1)} µs` },
    { what: 'push by plain broadcast', measured: ratio.toFixed(2), target: '≤ 1.15', isMet: ratio <= 1.15 },
  ];
}

/** @returns CPU µs of a push. */
async function broadcast(
  stage: Stage,
  raw: Part,
  sent: { readonly sockets: number; readonly times: number; readonly text: string },
): Promise<number> {
  const crowd = new Crowd(stage.clients, 'raw');
  await crowd.take();
  const started = await cpuOf(raw);
  await raw.ask({ do: 'broadcast', text: sent.text, times: sent.times });
  await crowd.hear(sent.sockets * sent.times);
  const ended = await cpuOf(raw);
  await crowd.take();
  return (ended.cpuUs - started.cpuUs) / (sent.sockets * sent.times);
}

/** CPU µs a ms of one that nothing is asked of: heartbeats, as a rule. */
async function idleShare(part: Part, idleMs: number): Promise<number> {
  const started = await cpuOf(part);
  await sleep(idleMs);
  const ended = await cpuOf(part);
  return (ended.cpuUs - started.cpuUs) / (ended.atMs - started.atMs);
}

async function until(isSo: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > 60_000) throw new Error('It has not happened within a minute');
    await sleep(100);
  }
  return performance.now() - started;
}

async function usageOf(part: Part): Promise<{ readonly rss: number; readonly heap: number }> {
  const { rss, heap } = await part.ask({ do: 'usage' });
  return { rss: Number(rss), heap: Number(heap) };
}

async function cpuOf(part: Part): Promise<{ readonly cpuUs: number; readonly atMs: number }> {
  const { cpuUs, atMs } = await part.ask({ do: 'cpu' });
  return { cpuUs: Number(cpuUs), atMs: Number(atMs) };
}

async function urlOf(part: Part): Promise<string> {
  return String((await part.ask({ do: 'url' }))['url']);
}
