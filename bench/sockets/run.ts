import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startMovingJobs } from './adobe';
import type { Stamp } from './adobe';
import { startClients } from './clients';
import type { Stage } from './crowd';
import { forkPart, servePart } from './part';
import type { Part, Role } from './part';
import { tellAll, tellMany } from './pushes';
import { comeAndGo, holdMany, holdSockets, keepTelling } from './scenarios';
import { startBroadcast, startSocketGateway } from './servers';
import type { Row, Size } from './subscribing';

export const roles = {
  adobe: startMovingJobs,
  gateway: startSocketGateway,
  raw: startBroadcast,
  clients: startClients,
} satisfies Readonly<Record<string, Role>>;
export type RoleName = keyof typeof roles;

/** How a part is started: in a process of its own, unless a test has its way. */
export type StartPart = (role: RoleName, args?: readonly string[]) => Part | Promise<Part>;

/** `node bench/run.mjs sockets`: what subscribers cost, beside plain sockets of `ws`, in turn, in one run. */
export async function benchSockets(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sockets: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '10' },
      only: { type: 'string', default: Object.keys(acts).join(',') },
    },
  });
  const size = {
    sockets: Number(values.sockets),
    seconds: Number(values.seconds),
    rounds: 25,
    warmUpRounds: 5,
    idleMs: 10_000,
    staleMs: 2_500,
    settleMs: 15_000,
  };
  const rows = await measureSockets(size, {
    start: forkPart,
    only: values.only.split(','),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${socketReport(rows)}\n`);
  return 0;
}

export async function runSocketsPart([role = '', ...args]: readonly string[]): Promise<number> {
  if (!Object.hasOwn(roles, role)) throw new Error(`There is no part "${role}".`);
  await servePart(roles[role as RoleName], args);
  return 0;
}

const manyJobs = ({ sockets }: Size): number => Math.ceil(sockets * 0.3);

type Act = (stage: Stage, raw: Part, size: Size) => Promise<Row[]>;

/** What is played, each before a gateway that has done nothing yet. */
const acts: Readonly<
  Record<
    string,
    {
      readonly jobs: (size: Size) => number;
      readonly upstream?: readonly [Stamp, status: string];
      readonly play: Act;
    }
  >
> = {
  'one-job': {
    jobs: () => 1,
    play: async (stage, raw, size) => {
      const { rss } = await stage.gateway.ask({ do: 'usage' });
      return [
        ...(await holdSockets(stage, raw, size)),
        ...(await tellAll(stage, raw, size)),
        ...(await comeAndGo(stage, size, Number(rss))),
      ];
    },
  },
  'many-each': { jobs: () => 1, play: (stage, _raw, size) => holdMany(stage, size) },
  'all-jobs': { jobs: () => 5, play: (stage, raw, size) => tellMany(stage, raw, { ...size, jobs: 5 }) },
  'many-jobs': {
    jobs: manyJobs,
    upstream: ['shown', 'QUEUED'],
    play: (stage, _raw, size) => keepTelling(stage, { ...size, jobs: manyJobs(size) }),
  },
};

export async function measureSockets(
  size: Size,
  {
    start,
    only = Object.keys(acts),
    log,
  }: { readonly start: StartPart; readonly only?: readonly string[]; readonly log: (line: string) => void },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, act] of Object.entries(acts)) {
    if (!only.includes(name)) continue;
    log(`- ${name} …`);
    rows.push(...(await playAct(act, size, start)));
  }
  return rows;
}

async function playAct(act: (typeof acts)[string], size: Size, start: StartPart): Promise<Row[]> {
  const parts: Part[] = [];
  const begin = async (role: RoleName, args: readonly string[] = []): Promise<Part> => {
    const part = await start(role, args);
    parts.unshift(part);
    return part;
  };
  try {
    const adobe = await begin('adobe', [String(act.jobs(size)), ...(act.upstream ?? [])]);
    const upstream = String((await adobe.ask({ do: 'url' }))['url']);
    const gateway = await begin('gateway', [upstream]);
    const url = String((await gateway.ask({ do: 'url' }))['url']);
    const raw = await begin('raw');
    const clients = [await begin('clients'), await begin('clients')];
    return await act.play({ clients, adobe, gateway, url }, raw, size);
  } finally {
    for (const part of parts) await part.stop();
  }
}

/** Markdown, as the other benches print it. */
export function socketReport(rows: readonly Row[]): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = loadavg().map((one) => one.toFixed(1));
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, Node ${process.versions.node}; load ${load.join(', ')}`,
    '',
    '| what | measured | target | |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map(({ what, measured, target = '', isMet }) => {
      const verdict = isMet === undefined ? '' : isMet ? 'ok' : '**missed**';
      return `| ${what} | ${measured} | ${target} | ${verdict} |`;
    }),
  ].join('\n');
}
