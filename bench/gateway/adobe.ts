import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Twenty jobs of two segments each, as Adobe shapes them. */
const jobs = Array.from({ length: 20 }, (_, number) => ({
  id: `9f0d8a5e-0000-4000-8000-0000000000${String(number).padStart(2, '0')}`,
  status: 'SUCCEEDED',
  segments: [{ segmentId: `s${2 * number}` }, { segmentId: `s${2 * number + 1}` }],
  metrics: { totalTime: { startTimeInMs: 1, endTimeInMs: 2, totalTimeInMs: 1 }, segmentedProfileCounter: {} },
  creationTime: 1_700_000_000_000 - number,
  updateTime: 1_700_000_000_000,
}));

const definition = (id: string): object => ({
  id,
  name: `Segment ${id}`,
  schema: { name: '_xdm.context.profile' },
  expression: { type: 'PQL', format: 'pql/text', value: 'person.birthYear > 1990' },
  creationTime: 1_700_000_000_000,
  updateTime: 1_700_000_000_000,
});

const oneJob = JSON.stringify(jobs[0]);
const jobList = JSON.stringify({
  _page: { totalCount: 20, pageSize: 20 },
  children: jobs,
  _links: { next: {} },
});

export const jobId = jobs[0]?.id ?? '';

/** Answers as little as costs as little as can be, so that the measured side is what is measured. */
export function startAdobe(): void {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    const path = (request.url ?? '').split('?')[0] ?? '';
    const send = (text: string): void => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    };
    if (path.endsWith('/segment/jobs')) send(jobList);
    else if (path.includes('/segment/jobs/')) send(oneJob);
    else if (path.endsWith('/bulk-get')) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        const { ids } = JSON.parse(Buffer.concat(chunks).toString()) as { ids: { id: string }[] };
        send(JSON.stringify({ results: Object.fromEntries(ids.map(({ id }) => [id, definition(id)])) }));
      });
    } else send(JSON.stringify(definition(path.slice(path.lastIndexOf('/') + 1))));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  process.on('message', () => {
    process.send?.({ calls });
    calls = 0;
  });
}
