import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const job = { id: 7, status: 'SUCCEEDED', destination: {}, mergePolicy: { id: 'm1', version: 1 } };
const rule = { type: 'PQL', format: 'pql/text', value: 'true' };
let status = 404;
let policyCalls = 0;
let started: StartedGateway;

beforeAll(async () => {
  started = await startGateway(({ path }) => {
    if (path.endsWith('/export/jobs/7')) return { json: job };
    if (path.endsWith('/segment/definitions/s'))
      return { json: { id: 's', name: 'S', expression: rule, mergePolicyId: 'm1' } };
    policyCalls += 1;
    return status === 200
      ? { json: { id: 'm1', name: 'By time', version: 3 } }
      : { status, json: { title: 'No' } };
  });
});
afterAll(() => started.close());
beforeEach(() => {
  policyCalls = 0;
});

async function ask(query: string, answered: number): Promise<unknown> {
  status = answered;
  return (await started.post({ query })).json();
}

describe('the merge policy that a record names', () => {
  it.each([404, 403])('answers its id and version without a call, though it would be %i', async (refusal) => {
    const query =
      '{ exportJob(id: "7") { mergePolicy { __typename ...Its } } } fragment Its on MergePolicy { id version }';
    await expect(ask(query, refusal)).resolves.toEqual({
      data: { exportJob: { mergePolicy: { __typename: 'MergePolicy', id: 'm1', version: 1 } } },
    });
    expect(policyCalls).toBe(0);
  });

  it('has null for the rest of it where it is gone', async () => {
    await expect(
      ask(
        '{ exportJob(id: "7") { mergePolicy { id version name } } segment(id: "s") { mergePolicy { id version name } } }',
        404,
      ),
    ).resolves.toEqual({
      data: {
        exportJob: { mergePolicy: { id: 'm1', version: 1, name: null } },
        segment: { mergePolicy: { id: 'm1', version: null, name: null } },
      },
    });
  });

  it('has an error at what cannot be read, and its id', async () => {
    await expect(
      ask('{ exportJob(id: "7") { mergePolicy { id version name } } }', 403),
    ).resolves.toMatchObject({
      data: { exportJob: { mergePolicy: { id: 'm1', version: 1, name: null } } },
      errors: [{ path: ['exportJob', 'mergePolicy', 'name'], extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('is read where more is asked; the version is the one that the job was made with', async () => {
    await expect(
      ask(
        '{ exportJob(id: "7") { mergePolicy { version name } } segment(id: "s") { mergePolicy { version } } }',
        200,
      ),
    ).resolves.toEqual({
      data: {
        exportJob: { mergePolicy: { version: 1, name: 'By time' } },
        segment: { mergePolicy: { version: 3 } },
      },
    });
  });
});
