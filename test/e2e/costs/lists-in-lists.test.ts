import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const segments = Array.from({ length: 50 }, (_, index) => ({ id: `s${String(index)}`, name: 'S' }));
const jobs = Array.from({ length: 400 }, (_, index) => ({
  id: `j${String(index)}`,
  status: 'SUCCEEDED',
  segments: [{ segmentId: `s${String(index % 50)}` }],
  creationTime: 1_700_000_000_000 - index * 1_000,
  updateTime: 1_700_000_000_000,
}));

let started: StartedGateway;

beforeAll(async () => {
  started = await startGateway(({ path, query }) => {
    if (path.endsWith('/segment/definitions')) return { json: { segments } };
    if (!path.endsWith('/segment/jobs')) return undefined;
    const wanted = query.get('property')?.split('==')[1];
    const all = jobs.filter(({ segments: [one] }) => wanted === undefined || one?.segmentId === wanted);
    const start = Number(query.get('start') ?? 0);
    const children = all.slice(start, start + Number(query.get('limit')));
    const next = start + children.length < all.length ? { href: '?start=1' } : {};
    return { json: { _page: { totalCount: all.length }, children, _links: { next } } };
  });
});
afterAll(() => started.close());

describe('the jobs of fifty segments with eight jobs each', () => {
  it.each([
    [10, 6],
    [2, 3],
  ])('cost, with first: %i, %i calls and are those of each segment', async (first, calls) => {
    started.upstream.calls.splice(0);
    const query = `{ segments(first: 50) { nodes { id jobs(first: ${String(first)}) { nodes { id } } } } }`;
    const answer = (await (await started.post({ query })).json()) as {
      data: { segments: { nodes: { id: string; jobs: { nodes: { id: string }[] } }[] } };
    };
    const { nodes } = answer.data.segments;
    expect(nodes.map(({ jobs: own }) => own.nodes.map(({ id }) => id))).toEqual(
      nodes.map(({ id }) =>
        jobs
          .filter(({ segments: [one] }) => one?.segmentId === id)
          .slice(0, first)
          .map((job) => job.id),
      ),
    );
    expect(started.upstream.linesOf(({ path }) => path.endsWith('/jobs'))).toHaveLength(calls);
  });
});
