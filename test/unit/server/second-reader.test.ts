import type { Reply, SeenCall } from '../../support/fake-upstream';
import { postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const jobs = ['j3', 'j2', 'j1'].map((id, at) => ({
  id,
  status: 'PROCESSING',
  segments: [],
  creationTime: 9 - at,
  updateTime: 9,
}));

function answer({ path }: SeenCall): Reply | undefined {
  if (path !== '/data/core/ups/segment/jobs') return undefined;
  return { json: { _page: { totalCount: 3, pageSize: 3 }, children: jobs, _links: { next: {} } } };
}

let started: StartedGateway;
beforeAll(async () => (started = await startGateway(answer)));
afterAll(() => started.close());

const watch = { query: 'subscription { jobsChanged(kinds: [SEGMENT]) { type job { id } } }' };

it.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0, application/json'])(
  'who comes while another has just been told hears all of it by %s',
  async (accept) => {
    const first = await postForStream(started.gateway.url, watch, { accept });
    await first.until('"j1"');
    const second = await postForStream(started.gateway.url, watch, { accept });
    const text = await second.until('"j1"');
    first.leave();
    second.leave();
    expect(text.match(/"id":"j\d"/g)).toEqual(['"id":"j3"', '"id":"j2"', '"id":"j1"']);
  },
);
