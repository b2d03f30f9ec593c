import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure';
import type { Answer, Order, Part } from './part';

/** What is measured, and who is there for it. */
export interface Stage {
  readonly clients: readonly Part[];
  readonly adobe: Part;
  readonly gateway: Part;
  /** Of the gateway. */
  readonly url: string;
}

/** Clients of one kind, spread over the processes of clients. */
export class Crowd {
  constructor(
    private readonly clients: readonly Part[],
    private readonly name: string,
  ) {}

  /** @returns how long it took for all to be there, and for each to be acknowledged. */
  async open(
    order: Omit<Order, 'do'> & { readonly count: number },
  ): Promise<{ ms: number; ackMs: readonly number[] }> {
    const share = order.count / this.clients.length;
    const answers = await this.all((index) => ({
      ...order,
      do: 'open',
      count: Math.floor(share * (index + 1)) - Math.floor(share * index),
    }));
    return {
      ms: Math.max(...answers.map(({ ms }) => Number(ms))),
      ackMs: answers.flatMap(({ ackMs }) => ackMs as number[]),
    };
  }

  /** Waits until so many frames have come since `take`; what came is in `take`. */
  async hear(frames: number, withinMs = 120_000): Promise<void> {
    const until = performance.now() + withinMs;
    for (;;) {
      const answers = await this.all(() => ({ do: 'heard' }));
      const heard = answers.reduce((sum, answer) => sum + Number(answer['frames']), 0);
      if (heard >= frames) return;
      if (performance.now() > until) throw new Error(`${heard} frames of ${frames} came to ${this.name}`);
      await sleep(50);
    }
  }

  async take(): Promise<{ frames: number; delaysMs: readonly number[]; text: string; open: number }> {
    const answers = await this.all(() => ({ do: 'heard', take: true }));
    return {
      frames: answers.reduce((sum, answer) => sum + Number(answer['frames']), 0),
      delaysMs: answers.flatMap(({ delaysMs }) => delaysMs as number[]),
      text: String(answers[0]?.['text']),
      open: answers.reduce((sum, answer) => sum + Number(answer['open']), 0),
    };
  }

  /** Their sockets are cut, without a word. */
  async vanish(count = Infinity): Promise<void> {
    const each = Math.ceil(count / this.clients.length);
    await this.all(() => ({ do: 'vanish', count: Number.isFinite(each) ? each : 1e9 }));
  }

  private all(order: (index: number) => Order): Promise<Answer[]> {
    return Promise.all(
      this.clients.map((client, index) => client.ask({ ...order(index), crowd: this.name })),
    );
  }
}

/** Until what was read last counts as old, so that whoever comes makes the gateway look. */
export async function untilStale({ adobe }: Stage, staleMs: number): Promise<void> {
  for (;;) {
    const leftMs = staleMs - Number((await adobe.ask({ do: 'quiet' }))['quietMs']);
    if (leftMs <= 0) return;
    await sleep(leftMs);
  }
}

/** Somebody who joins a job that was read some time ago makes the gateway look at it again: an event comes at once. */
export async function poke({ clients, url }: Stage, subscription: object): Promise<void> {
  const passerBy = new Crowd(clients.slice(0, 1), 'passer-by');
  await passerBy.open({ ...subscription, url, count: 1 });
  await passerBy.vanish();
}

/** What the gateway says of its watching, by a query. */
export async function watching(url: string): Promise<{ subscribers: number; watchedJobs: number }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer bench',
      'x-api-key': 'bench',
      'x-gw-ims-org-id': 'BENCH@AdobeOrg',
      'x-sandbox-name': 'prod',
    },
    body: JSON.stringify({ query: '{ session { watching { subscribers watchedJobs } } }' }),
  });
  const { data } = (await answer.json()) as {
    data: { session: { watching: { subscribers: number; watchedJobs: number } } };
  };
  return data.session.watching;
}

export function spread(values: readonly number[], unit = 'ms'): string {
  if (values.length === 0) return 'none';
  return `p50 ${quantile(values, 0.5).toFixed(0)}, p99 ${quantile(values, 0.99).toFixed(0)} ${unit}`;
}
