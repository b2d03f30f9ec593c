import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import { jobId, startAdobe } from './adobe';
import { contenders } from './contenders';

const fields = 'id status rawStatus isTerminal createdAt updatedAt segmentIds';
/** The work, and how the callers are: one for all, so that reads may be shared, or each its own. */
const works = [
  { name: 'W1 one job by id', query: `{ segmentJob(id: "${jobId}") { ${fields} } }`, callers: 'distinct' },
  {
    name: 'W2 20 jobs × 2 segments, distinct',
    query: `{ segmentJobs(first: 20) { nodes { ${fields} segments { id name } } } }`,
    callers: 'distinct',
  },
  {
    name: 'W2 20 jobs × 2 segments, same',
    query: `{ segmentJobs(first: 20) { nodes { ${fields} segments { id name } } } }`,
    callers: 'same',
  },
] as const;
type Work = (typeof works)[number];

const atOnce = 16;
const rounds = 3;
const secondsEach = 2;

/** `node bench/run.mjs gateway`: server CPU a request beside a plain Apollo and a proxy, in turn, in one run. */
export async function benchGateway(): Promise<number> {
  const adobe = await start(['adobe']);
  const peers = await Promise.all(
    Object.keys(contenders).map(async (name) => ({ name, ...(await start(['contender', name, adobe.url])) })),
  );
  try {
    process.stdout.write(`${(await compare(adobe, peers)).join('\n')}\n`);
    return 0;
  } finally {
    for (const { process: peer } of [adobe, ...peers]) peer.kill();
  }
}

interface Part {
  readonly process: ChildProcess;
  readonly url: string;
}

async function compare(adobe: Part, peers: readonly (Part & { readonly name: string })[]): Promise<string[]> {
  const lines = [
    '| work | contender | CPU µs | calls | CPU by the proxy |',
    '| --- | --- | ---: | ---: | ---: |',
  ];
  for (const work of works) {
    const figures = new Map(peers.map(({ name }) => [name, [] as { cpuUs: number; calls: number }[]]));
    for (const { process: peer, name, url } of peers)
      await load({ work, name, url, peer, adobe, seconds: 1 });
    for (let round = 0; round < rounds; round += 1)
      for (const { process: peer, name, url } of peers)
        figures.get(name)?.push(await load({ work, name, url, peer, adobe, seconds: secondsEach }));
    const best = (name: string): { cpuUs: number; calls: number } =>
      (figures.get(name) ?? []).toSorted((left, right) => left.cpuUs - right.cpuUs)[1] ?? {
        cpuUs: 0,
        calls: 0,
      };
    for (const { name } of peers) {
      const { cpuUs, calls } = best(name);
      const ratio = cpuUs / best('proxy').cpuUs;
      lines.push(
        `| ${work.name} | ${name} | ${cpuUs.toFixed(0)} | ${calls.toFixed(2)} | ${ratio.toFixed(1)} |`,
      );
    }
  }
  return lines;
}

/** A child's part: the upstream, or a contender that tells its CPU time whenever it is asked. */
export async function runPart([role, name = '', upstream = '']: readonly string[]): Promise<number> {
  if (role === 'adobe') {
    startAdobe();
    return 0;
  }
  const url = await contenders[name]?.(upstream);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuUs: user + system });
  });
  process.send?.({ url });
  return 0;
}

async function start(args: readonly string[]): Promise<Part> {
  const child = fork(require.resolve('../main'), ['--gateway-part', ...args]);
  const { url } = await answerOf(child);
  return { process: child, url: String(url) };
}

async function answerOf(child: ChildProcess): Promise<Record<string, unknown>> {
  const [message] = (await once(child, 'message')) as [Record<string, unknown>];
  return message;
}

async function ask(child: ChildProcess): Promise<Record<string, unknown>> {
  const answer = answerOf(child);
  child.send('now');
  return answer;
}

async function load(run: {
  readonly work: Work;
  readonly name: string;
  readonly url: string;
  readonly peer: ChildProcess;
  readonly adobe: Part;
  readonly seconds: number;
}): Promise<{ cpuUs: number; calls: number }> {
  const { origin, pathname } = new URL(run.url);
  const path = run.name !== 'proxy' ? pathname : run.work.name.startsWith('W1') ? '/one' : '/list';
  const pool = new Pool(origin, { connections: atOnce });
  await ask(run.adobe.process);
  const before = await ask(run.peer);
  const endsAtMs = performance.now() + run.seconds * 1000;
  let requests = 0;
  const worker = async (index: number): Promise<void> => {
    while (performance.now() < endsAtMs) {
      requests += 1;
      const { statusCode, body } = await pool.request({
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${run.work.callers === 'same' ? 'one' : `caller-${String(index)}`}`,
          'x-api-key': 'bench',
          'x-gw-ims-org-id': 'BENCH@AdobeOrg',
          'x-sandbox-name': 'prod',
        },
        body: JSON.stringify({ query: run.work.query }),
      });
      const text = await body.text();
      if (statusCode !== 200 || text.startsWith('{"errors"'))
        throw new Error(`${run.name}: ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => worker(index)));
  const after = await ask(run.peer);
  const { calls } = await ask(run.adobe.process);
  await pool.close();
  return {
    cpuUs: (Number(after['cpuUs']) - Number(before['cpuUs'])) / requests,
    calls: Number(calls) / requests,
  };
}
