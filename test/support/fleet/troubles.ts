import type { Fault } from '../fault-proxy';
import type { Fleet, ReplicaProcess } from './fleet';
import { wait } from './follower';
import type { UpstreamTrouble } from './moving-jobs';

/** What befalls a fleet, planned: plain data drawn from a seed. */
export interface Trouble {
  readonly name: string;
  readonly atMs: number;
  readonly forMs: number;
  /** The upstream itself cannot be read meanwhile. */
  readonly isUpstream: boolean;
  /** So many parts of the fleet look for themselves meanwhile. */
  readonly sides: number;
  begin(fleet: Fleet): Promise<void>;
  heal(fleet: Fleet): Promise<void>;
}

/** When a trouble was there, by `performance.now()`. */
export interface Troubled {
  readonly trouble: Trouble;
  readonly fromMs: number;
  toMs: number;
}

type Random = () => number;
type Deed = Pick<Trouble, 'name' | 'begin' | 'heal'> & Partial<Pick<Trouble, 'isUpstream' | 'sides'>>;

/** One or two of them, in the first seconds of a round. */
export function planTroubles(fleet: { readonly size: number }, random: Random): readonly Trouble[] {
  const count = random() < 0.5 ? 1 : 2;
  const makers = [replicaTrouble, replicaTrouble, backboneTrouble, backboneTrouble, upstreamTrouble];
  const chosen = new Set<(size: number, random: Random) => Deed>();
  while (chosen.size < count) chosen.add(pick(makers, random));
  return [...chosen].map((make) => ({
    isUpstream: false,
    sides: 1,
    atMs: 500 + random() * 4_000,
    forMs: 300 + random() * 4_500,
    ...make(fleet.size, random),
  }));
}

/** Killed, stopped in an orderly way, or stands still; one or several. */
function replicaTrouble(size: number, random: Random): Deed {
  const numbers = shuffled(size, random).slice(0, pick([1, 1, 1, 2, size], random));
  const of = ({ replicas }: Fleet): readonly ReplicaProcess[] =>
    replicas.filter((r) => numbers.includes(r.number));
  const each = async (fleet: Fleet, act: (replica: ReplicaProcess) => unknown): Promise<void> =>
    void (await Promise.all(of(fleet).map(act)));
  const start = async (fleet: Fleet): Promise<void> => {
    for (const replica of of(fleet)) await replica.start();
  };
  const kind = pick(['killed', 'killed', 'killed', 'stopped', 'frozen'] as const, random);
  const name = `replica ${numbers.join(', ')} ${kind}`;
  switch (kind) {
    case 'killed':
      return { name, begin: (fleet) => each(fleet, (replica) => replica.kill()), heal: start };
    case 'stopped':
      return { name, begin: (fleet) => each(fleet, (replica) => replica.stop()), heal: start };
    case 'frozen':
      return {
        name,
        begin: (fleet) => each(fleet, (replica) => replica.freeze()),
        heal: (fleet) => each(fleet, (replica) => replica.thaw()),
      };
  }
}

/** PostgreSQL itself, or the lines to it, of all or of one. */
function backboneTrouble(size: number, random: Random): Deed {
  const numbers = random() < 0.5 ? [pick([...Array(size).keys()], random)] : [...Array(size).keys()];
  const sides = numbers.length === 1 ? 2 : size;
  const lines = (name: string, fault: Fault): Deed => ({
    name: `the backbone ${name} for ${numbers.join(', ')}`,
    sides,
    begin: ({ replicas }) => become(replicas, fault),
    heal: ({ replicas }) => become(replicas, 'none'),
  });
  const become = (replicas: readonly ReplicaProcess[], fault: Fault): Promise<void> => {
    for (const { number, line } of replicas) if (numbers.includes(number)) line.become(fault);
    return Promise.resolve();
  };
  const killed: Deed = {
    name: 'PostgreSQL killed',
    sides: size,
    begin: ({ postgres }) => postgres.kill(),
    heal: ({ postgres }) => postgres.start(),
  };
  const frozen: Deed = {
    name: 'PostgreSQL frozen',
    sides: size,
    begin: ({ postgres }) => postgres.freeze(),
    heal: ({ postgres }) => postgres.thaw(),
  };
  return pick(
    [
      killed,
      frozen,
      lines('cut', 'refuses'),
      lines('silent', 'swallows'),
      lines('slow', { delayMs: 300 }),
      lines('shaky', { resetShare: 0.05, random }),
    ],
    random,
  );
}

function upstreamTrouble(_size: number, random: Random): Deed {
  const kind = pick(['resets', 'hangs', 'answers 429', 'answers 503'] as const, random);
  const trouble: UpstreamTrouble = { kind, share: pick([0.3, 1], random), random };
  return {
    name: `the upstream ${kind}, ${trouble.share * 100} %`,
    isUpstream: true,
    begin: ({ jobs }) => Promise.resolve(jobs.become(trouble)),
    heal: ({ jobs }) => Promise.resolve(jobs.become(null)),
  };
}

/** Lets it come and go at its time. @returns when it was there; begins at once. */
export async function suffer(
  fleet: Fleet,
  trouble: Trouble,
  note: (troubled: Troubled) => void,
): Promise<void> {
  await wait(trouble.atMs);
  const troubled: Troubled = { trouble, fromMs: performance.now(), toMs: Infinity };
  note(troubled);
  await trouble.begin(fleet);
  await wait(trouble.forMs);
  await trouble.heal(fleet);
  troubled.toMs = performance.now();
}

export function pick<T>(from: readonly T[], random: Random): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

function shuffled(size: number, random: Random): readonly number[] {
  const places = Array.from({ length: size }, (_, number) => ({ number, key: random() }));
  return places.toSorted((a, b) => a.key - b.key).map(({ number }) => number);
}
