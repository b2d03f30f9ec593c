import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const query = `subscription { jobsChanged(kinds: [SEGMENT]) {
  type job { id status ... on SegmentJob { segmentIds } } } }`;

let jobs: FollowedJobs;
let started: StartedGateway;
beforeAll(async () => {
  jobs = followedJobs({ a: 'PROCESSING', b: 'PROCESSING', c: 'PROCESSING' });
  started = await startGateway(jobs.answer);
});
afterAll(() => started.close());

interface Client {
  readonly socket: WebSocket;
  /** `SNAPSHOT a PROCESSING 3000`: the type of each event, its job, and how many segments that has. */
  readonly words: string[];
  hears(count: number): Promise<void>;
}

async function subscriber(mayRead: boolean): Promise<Client> {
  const socket = new WebSocket(
    `${started.gateway.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const words: string[] = [];
  socket.on('message', (data: Buffer) => {
    const { payload } = JSON.parse(data.toString('utf8')) as Message;
    const { type, job } = payload.data.jobsChanged;
    words.push(`${type} ${job.id} ${job.status} ${String(job.segmentIds.length)}`);
  });
  if (!mayRead) rawOf(socket).pause();
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  const hears = async (count: number): Promise<void> => {
    while (words.length < count) await once(socket, 'message');
  };
  return { socket, words, hears };
}

interface Message {
  readonly payload: {
    readonly data: {
      readonly jobsChanged: {
        readonly type: string;
        readonly job: {
          readonly id: string;
          readonly status: string;
          readonly segmentIds: readonly string[];
        };
      };
    };
  };
}

const rawOf = (socket: WebSocket): Socket => (socket as unknown as { readonly _socket: Socket })._socket;

it('hears, when it reads again, every status and end, and of progress the last; its equal hears all at once', async () => {
  // More than all buffers on the way hold.
  jobs.weight = 3_000;
  const slow = await subscriber(false);
  const quick = await subscriber(true);
  await quick.hears(3);
  const steps: readonly [weight: number, statuses: Readonly<Record<string, string>>, events: number][] = [
    [1, {}, 3],
    [2, { b: 'CANCELLING' }, 3],
    [3, {}, 3],
    [4, {}, 3],
    [4, { a: 'SUCCEEDED', b: 'CANCELLED', c: 'FAILED' }, 3],
  ];
  for (const [weight, statuses, events] of steps) {
    jobs.weight = weight;
    for (const [id, status] of Object.entries(statuses)) jobs.statuses.set(id, status);
    await quick.hears(quick.words.length + events);
  }
  rawOf(slow.socket).resume();
  await slow.hears(11);
  const ofJob = ({ words }: Client, id: string): readonly string[] =>
    words.filter((word) => word.split(' ')[1] === id);
  expect(ofJob(quick, 'a')).toEqual([
    'SNAPSHOT a PROCESSING 3000',
    ...[1, 2, 3, 4].map((weight) => `PROGRESS a PROCESSING ${weight}`),
    'TERMINAL a SUCCEEDED 4',
  ]);
  expect(ofJob(slow, 'a')).toEqual([
    'SNAPSHOT a PROCESSING 3000',
    'PROGRESS a PROCESSING 4',
    'TERMINAL a SUCCEEDED 4',
  ]);
  expect(ofJob(slow, 'b')).toEqual([
    'SNAPSHOT b PROCESSING 3000',
    'PROGRESS b PROCESSING 1',
    'STATUS b CANCELLING 2',
    'PROGRESS b CANCELLING 4',
    'TERMINAL b CANCELLED 4',
  ]);
  expect(ofJob(slow, 'c')).toEqual([
    'SNAPSHOT c PROCESSING 3000',
    'PROGRESS c PROCESSING 4',
    'TERMINAL c FAILED 4',
  ]);
  for (const { socket } of [slow, quick]) socket.close();
});
