import { startFleet } from '../../support/fleet/fleet';
import type { Fleet } from '../../support/fleet/fleet';
import { Follower, headersOf } from '../../support/fleet/follower';
import { OneJobHearing } from '../../support/fleet/hearings';
import type { MovingJob } from '../../support/fleet/moving-jobs';
import { seededRandom } from '../../support/seeded-random';

const org = 'ADA@AdobeOrg';
const clients = 4;
const followers = 20;

let fleet: Fleet;
let job: MovingJob;

beforeAll(async () => {
  fleet = await startFleet({ size: 2, env: { DRAIN_DELAY_MS: '200' } });
  job = fleet.jobs.make(org, 'SEGMENT');
  fleet.jobs.move(job, 'PROCESSING');
});
afterAll(() => fleet.close());

const urls = (): readonly string[] => fleet.replicas.flatMap(({ url }) => url ?? []);

/** What a client sees who asks again, elsewhere, where nobody answers or takes him. */
class RetryingClient {
  answered = 0;
  readonly failed: string[] = [];
  private isOver = false;
  private readonly asking: Promise<void>;

  constructor(private turn: number) {
    this.asking = this.askOn();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.asking;
  }

  private async askOn(): Promise<void> {
    while (!this.isOver) {
      let last = 'nobody was asked';
      let isDone = false;
      for (let attempt = 0; attempt < 5 && !isDone; attempt += 1) {
        last = await this.askOnce().catch((error: unknown) => String(error));
        isDone = last === 'PROCESSING';
      }
      if (isDone) this.answered += 1;
      else this.failed.push(last);
    }
  }

  /** @returns the status of the job, or what was answered instead. */
  private async askOnce(): Promise<string> {
    const all = urls();
    const url = all[(this.turn += 1) % all.length] ?? '';
    const reply = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headersOf(org), 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ segmentJob(id: "${job.id}") { status } }` }),
    });
    const text = await reply.text();
    const { data } = JSON.parse(text) as { data?: { segmentJob?: { status?: string } | null } };
    return data?.segmentJob?.status ?? `${reply.status} ${text}`;
  }
}

it('two replicas are restarted under load: no request fails for clients that retry, and sockets are told to come again', async () => {
  const broken: string[] = [];
  const listening = Array.from({ length: followers }, (_, number) => {
    const hearing = new OneJobHearing(job);
    const random = seededRandom(number);
    const told = { broken: (words: string) => void broken.push(words), isUpstreamTroubled: () => false };
    return {
      hearing,
      follower: new Follower({ name: `f${number}`, org, job, hearing, random, urls, ...told }),
    };
  });
  const asking = Array.from({ length: clients }, (_, number) => new RetryingClient(number));
  while (listening.some(({ hearing }) => hearing.story.status === undefined))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const exits: (number | null)[] = [];
  const stopMs: number[] = [];
  for (const replica of fleet.replicas) {
    const began = performance.now();
    exits.push(await replica.stop());
    stopMs.push(performance.now() - began);
    await replica.start();
  }
  for (const client of asking) await client.stop();
  fleet.jobs.move(job, 'SUCCEEDED');
  await Promise.all(listening.map(({ follower }) => follower.ended));
  expect(broken).toEqual([]);
  expect(asking.flatMap(({ failed }) => failed)).toEqual([]);
  expect(asking.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(100);
  expect(exits).toEqual([0, 0]);
  expect(Math.max(...stopMs)).toBeLessThan(10_000);
  const closes = listening.flatMap(({ follower }) => follower.closes);
  expect(closes.length).toBeGreaterThanOrEqual(followers);
  expect(new Set(closes)).toEqual(new Set([1012]));
  for (const { hearing } of listening) expect(hearing.story.statuses).toEqual(['PROCESSING', 'SUCCEEDED']);
});
