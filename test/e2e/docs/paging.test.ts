import { runInNewContext } from 'node:vm';
import { children, records } from '../../support/adobe-lists';
import { codeBlocksOf } from '../../support/markdown';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
type PageOf = (first: number, after: string | null) => Promise<Page>;
type ReadAll = (pageOf: PageOf, first?: number) => AsyncIterable<{ readonly id: string }>;

const [script = '', query = ''] = codeBlocksOf('docs/paging.md').map(({ code }) => code);

describe('docs/paging.md', () => {
  let started: StartedGateway;
  let arrived = 0;

  beforeAll(async () => {
    started = await startGateway((call) => {
      // A job is started before each answer.
      arrived += 1;
      const jobs = Array.from({ length: 60 + arrived }, (_, index) => 60 + arrived - index);
      const job = (number: number) => ({
        status: number % 10 === 0 ? 'FAILED' : 'SUCCEEDED',
        creationTime: 1_000 * number,
        updateTime: 1_000 * number,
      });
      const json = call.path.endsWith('/segment/jobs')
        ? children(
            jobs.map((number) => ({ ...job(number), id: `s${number}`, segments: [] })),
            call,
          )
        : records(
            jobs.map((number) => ({ ...job(number), id: number, destination: { datasetId: 'd' } })),
            call,
          );
      return { json };
    });
  });

  afterAll(() => started.close());

  it('reads every job once with its loop, though new ones are started meanwhile', async () => {
    const readAll = runInNewContext(`${script}; readAll`) as ReadAll;
    const pageOf: PageOf = async (first, after) => {
      const answer = await started.post({ query, variables: { first, after } });
      const { data } = (await answer.json()) as { data: { jobs: Page } };
      return data.jobs;
    };
    const ids: string[] = [];
    for await (const { id } of readAll(pageOf, 7)) ids.push(id);
    expect(new Set(ids).size).toBe(ids.length);
    const fromTheStart = Array.from({ length: 60 }, (_, index) => 60 - index);
    expect(ids.filter((id) => id.startsWith('s') && Number(id.slice(1)) <= 60)).toEqual(
      fromTheStart.map((number) => `s${number}`),
    );
    expect(ids.filter((id) => !id.startsWith('s') && Number(id) <= 60)).toEqual(fromTheStart.map(String));
  });

  it('says truly what a cursor with another filter is answered', async () => {
    const first = await started.post({ query, variables: { first: 1 } });
    const { data } = (await first.json()) as { data: { jobs: Page } };
    const after = data.jobs.pageInfo.endCursor;
    const other = await started.post({
      query,
      variables: { first: 1, after, filter: { statuses: ['FAILED'] } },
    });
    const { errors } = (await other.json()) as {
      errors: { message: string; extensions: { code: string } }[];
    };
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toMatch(/^"after" cannot be used here: .*Leave "after" out to start again\.$/);
  });
});
