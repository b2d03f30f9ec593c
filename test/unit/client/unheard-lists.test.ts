import { WebSocket } from 'ws';
import { createAudienceClient, createAudienceSocket } from '../../../src/client';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let jobs: FollowedJobs;
let started: StartedGateway;
let port: number;
const begin = async (): Promise<void> => {
  started = await startGateway(jobs.answer, { port });
};
beforeEach(async () => {
  port = 0;
  jobs = followedJobs({ 'my-job': 'SUCCEEDED' });
  await begin();
  port = Number(new URL(started.gateway.url).port);
});
afterEach(() => started.close());

const connection = (): Parameters<typeof createAudienceClient>[0] => ({
  url: started.gateway.url,
  webSocketImpl: WebSocket,
  retryWaitMs: () => 20,
});
interface Told {
  readonly jobsChanged: { readonly type: string; readonly job: { readonly id: string } | null };
}
/** Hears a list until a job is told of. */
async function hearList(socket: ReturnType<typeof createAudienceSocket>): Promise<readonly string[]> {
  const query =
    'subscription ($after: EventCursor) { jobsChanged(kinds: SEGMENT, after: $after) { cursor type job { id } } }';
  const told: string[] = [];
  for await (const { data } of socket.iterate({ query })) {
    const event = (data as unknown as Told).jobsChanged;
    told.push(`${event.type} ${event.job?.id ?? '-'}`);
    if (event.job !== null) break;
  }
  return told;
}

describe('a list that breaks before anything was heard of it', () => {
  it('is read again by our own client as soon as the gateway is back', async () => {
    const client = createAudienceClient(connection());
    const lists: string[][] = [];
    for await (const list of client.jobs({ kinds: ['SEGMENT'] })) {
      if (lists.push(list.map(({ id }) => id)) === 2) break;
      await started.close();
      jobs.statuses.set('made-and-ended', 'SUCCEEDED');
      await begin();
    }
    expect(lists).toEqual([['my-job'], expect.arrayContaining(['my-job', 'made-and-ended'])]);
    await client.close();
  });

  it('goes on behind a GAP, in the shape of the first event', async () => {
    const socket = createAudienceSocket(connection());
    const connected = new Promise<void>((resolve) => {
      socket.on('connected', () => resolve());
    });
    const told = hearList(socket);
    await connected;
    await started.close();
    jobs.statuses.set('later', 'PROCESSING');
    await begin();
    expect(await told).toEqual(['GAP -', 'SNAPSHOT later']);
    await socket.dispose();
  });

  it('but not where no socket had been open', async () => {
    await started.close();
    const socket = createAudienceSocket({ ...connection(), retryWaitMs: () => 500 });
    const told = hearList(socket);
    await new Promise<void>((resolve) => {
      socket.on('closed', () => resolve());
    });
    jobs.statuses.set('later', 'PROCESSING');
    await begin();
    expect(await told).toEqual(['SNAPSHOT later']);
    await socket.dispose();
  });
});
