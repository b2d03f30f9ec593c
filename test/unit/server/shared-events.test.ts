import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { embeddedCaller, startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const jobId = 'b31aed3d-b3b1-4613-98c6-7d3846e8d48f';
const definition = '/data/core/ups/segment/definitions/s1';
const jobsById = '/data/core/ups/segment/jobs/bulk-get';

/** A job that ends when it is told to; each read of its segment has a name of its own, or fails. */
class MovingUpstream {
  status = 'PROCESSING';
  failsNames = false;
  private names = 0;

  answer({ path, body }: SeenCall): Reply | undefined {
    if (path === definition) {
      if (this.failsNames) return { status: 403, json: { title: 'no' } };
      this.names += 1;
      const expression = { type: 'PQL', format: 'pql/text', value: 'true' };
      return { json: { id: 's1', name: `Name ${this.names}`, schema: {}, expression } };
    }
    const ids = (body as { ids?: { id: string }[] } | undefined)?.ids?.map(({ id }) => id) ?? [];
    const job = {
      id: jobId,
      status: this.status,
      segments: [{ segmentId: 's1' }],
      metrics: {},
      creationTime: 1_573_203_617_195,
      updateTime: 1_573_204_395_655,
    };
    if (path === jobsById)
      return { status: 207, json: { results: ids.includes(jobId) ? { [jobId]: job } : {} } };
    return path === `/data/core/ups/segment/jobs/${jobId}` ? { json: job } : undefined;
  }
}

interface Heard {
  readonly data?: { readonly segmentJobChanged: { readonly type: string; readonly job: unknown } } | null;
  readonly errors?: readonly { readonly extensions?: { readonly requestId?: string } }[];
}

const query = `subscription ($id: ID!, $names: Boolean = true) {
  segmentJobChanged(id: $id) { type job { ... on SegmentJob { segments @include(if: $names) { name } } } } }`;

let upstream: MovingUpstream;
let started: StartedGateway;
const clients: Client[] = [];
beforeEach(async () => {
  upstream = new MovingUpstream();
  started = await startGateway((call) => upstream.answer(call));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  await started.close();
});

/** A subscriber on a socket of his own, once he has his first event. */
async function subscriber(
  variables: Record<string, unknown> = {},
  authorization: string = embeddedCaller.authorization,
): Promise<AsyncIterableIterator<Heard>> {
  const url = `${started.gateway.url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization } });
  clients.push(client);
  const events = client.iterate({ query, variables: { id: jobId, ...variables } });
  await events.next();
  return events as AsyncIterableIterator<Heard>;
}

async function nextOf(events: AsyncIterableIterator<Heard>): Promise<Heard> {
  const step = await events.next();
  if (step.done === true) throw new Error('The stream ended.');
  return step.value;
}

const reads = (): number => started.upstream.calls.filter(({ path }) => path === definition).length;

describe('an event that several subscribers hear', () => {
  it('is executed once for all who ask the same, and then each stream completes', async () => {
    const equal = [await subscriber(), await subscriber(), await subscriber()];
    const before = reads();
    upstream.status = 'SUCCEEDED';
    const heard = await Promise.all(equal.map(nextOf));
    expect(heard[0]?.data?.segmentJobChanged.type).toBe('TERMINAL');
    expect(new Set(heard.map((one) => JSON.stringify(one)))).toHaveProperty('size', 1);
    expect(reads()).toBe(before + 1);
    const ends = await Promise.all(equal.map((events) => events.next()));
    expect(ends.every(({ done }) => done === true)).toBe(true);
  });

  it('is answered by what each asks, and to another caller by what he may see', async () => {
    const [equal, brief, other] = [
      await subscriber(),
      await subscriber({ names: false }),
      await subscriber({}, 'Bearer another'),
    ];
    const before = reads();
    upstream.status = 'SUCCEEDED';
    const [whole, short, others] = [await nextOf(equal), await nextOf(brief), await nextOf(other)];
    expect(short.data?.segmentJobChanged.job).toEqual({});
    expect(whole.data?.segmentJobChanged.job).toHaveProperty('segments');
    expect(others.data?.segmentJobChanged.job).not.toEqual(whole.data?.segmentJobChanged.job);
    expect(reads()).toBe(before + 2);
  });

  it('comes to those who stay when one leaves', async () => {
    const [first, second] = [await subscriber(), await subscriber()];
    await first.return?.();
    upstream.status = 'SUCCEEDED';
    expect((await nextOf(second)).data?.segmentJobChanged.job).toEqual({
      segments: [{ name: expect.stringMatching(/^Name \d$/) as string }],
    });
  });

  it('tells each of its errors with a request id of his own', async () => {
    const equal = [await subscriber(), await subscriber()];
    upstream.failsNames = true;
    upstream.status = 'SUCCEEDED';
    const heard = await Promise.all(equal.map(nextOf));
    const ids = heard.map(({ errors }) => errors?.[0]?.extensions?.requestId);
    expect(ids.every((id) => typeof id === 'string' && id !== '')).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  it('comes in the same words over a socket and by server-sent events', async () => {
    const socket = await subscriber();
    const answer = await started.post({ query, variables: { id: jobId } }, { accept: 'text/event-stream' });
    upstream.status = 'SUCCEEDED';
    const before = reads();
    const text = await answer.text();
    expect(text).toContain(`data: ${JSON.stringify(await nextOf(socket))}\n`);
    expect(reads()).toBeLessThanOrEqual(before + 1);
  });
});
