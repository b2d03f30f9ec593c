import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure';
import { jobIdOf } from './adobe';
import { Crowd, spread, watching } from './crowd';
import type { Stage } from './crowd';
import { cpuOf, urlOf, usageOf } from './part';
import type { Part } from './part';
import { oneJob } from './subscribing';
import type { Row, Size } from './subscribing';

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

async function until(isSo: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > 60_000) throw new Error('It has not happened within a minute');
    await sleep(100);
  }
  return performance.now() - started;
}
