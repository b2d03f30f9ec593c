import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Order, Skills } from './part';

interface Job {
  readonly id: string;
  status: string;
  progress: number;
  updateTime: number;
  /** When an answer first held the last change; 0 while none has. */
  shownAtMs: number;
}

export const jobIdOf = (number: number): string =>
  `9f0d8a5e-0000-4000-8000-${String(number).padStart(12, '0')}`;

/**
 * Jobs that move on command: each step raises their progress and stamps it, as `updateTime`, with the time of the change.
 * Notes when an answer first showed it, so that what the cadence of polls takes can be told from what the gateway takes.
 */
export async function startMovingJobs([count = '1']: readonly string[]): Promise<Skills> {
  const born = Date.now();
  const jobs = new Map<string, Job>();
  for (let number = 0; number < Number(count); number += 1) {
    const id = jobIdOf(number);
    jobs.set(id, { id, status: 'PROCESSING', progress: 0.0001, updateTime: born, shownAtMs: born });
  }
  const seen = { calls: 0 };
  const shownAfterMs: number[] = [];
  const show = (job: Job): object => {
    if (job.shownAtMs === 0) {
      job.shownAtMs = Date.now();
      shownAfterMs.push(job.shownAtMs - job.updateTime);
    }
    return toWire(job, born);
  };
  const server = createServer((request, response) => {
    seen.calls += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = JSON.stringify(answerOf({ jobs, show }, request.url ?? '', Buffer.concat(chunks)));
      const status = request.url?.endsWith('/bulk-get') ? 207 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    step: (order) => step(jobs, order),
    told: () => {
      const told = { calls: seen.calls, shownAfterMs: shownAfterMs.splice(0) };
      seen.calls = 0;
      return told;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      return {};
    },
  };
}

function step(jobs: ReadonlyMap<string, Job>, { count }: Order): Answer {
  const changedAtMs = Date.now();
  for (const job of [...jobs.values()].slice(0, Number(count))) {
    job.progress += 0.0001;
    job.updateTime = changedAtMs;
    job.shownAtMs = 0;
  }
  return { changedAtMs };
}

function answerOf(
  { jobs, show }: { readonly jobs: ReadonlyMap<string, Job>; readonly show: (job: Job) => object },
  url: string,
  body: Buffer,
): object {
  const [path = '', search = ''] = url.split('?');
  if (path.endsWith('/segment/jobs')) {
    const query = new URLSearchParams(search);
    const start = Number(query.get('start') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    const page = [...jobs.values()].slice(start, start + limit).map(show);
    return { _page: { totalCount: jobs.size, pageSize: page.length }, children: page, _links: { next: {} } };
  }
  if (path.endsWith('/segment/jobs/bulk-get')) {
    const { ids } = JSON.parse(body.toString()) as { ids: { id: string }[] };
    const found = ids.flatMap(({ id }) => {
      const job = jobs.get(id);
      return job === undefined ? [] : [[id, show(job)] as const];
    });
    return { results: Object.fromEntries(found) };
  }
  const job = jobs.get(path.slice(path.lastIndexOf('/') + 1));
  return job === undefined ? { children: [], records: [] } : show(job);
}

function toWire({ id, status, progress, updateTime }: Job, born: number): object {
  return {
    id,
    status,
    progress: Math.round(progress * 10_000) / 10_000,
    segments: [{ segmentId: 's1' }],
    metrics: { totalTime: { startTimeInMs: born }, segmentedProfileCounter: {} },
    creationTime: born,
    updateTime,
  };
}
