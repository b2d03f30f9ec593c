import { createDataset, ingest, profileLine, schemas } from './data';
import type { GetTarget } from './target';
import { ask, inSandboxOfItsOwn, must } from './target';

const path = '/data/core/ups/previewsamplestatus';

/** Contract §10.4; in a sandbox of its own. */
export function sampleStatusContract(target: GetTarget): void {
  const own = inSandboxOfItsOwn(target, 'sample');
  const lines = (...names: string[]): readonly string[] =>
    names.map((name) => profileLine({ name, country: 'US' }));

  test('without profiles the sample is empty, and all of them', async () => {
    expect(await must(own(), `GET ${path}`)).toMatchObject({
      numRowsToRead: '0',
      totalRows: '0',
      totalFragmentCount: 0,
      samplingRatio: 1,
      lastBatchId: '',
    });
    expect(await must(own(), `GET ${path}/report/dataset`)).toMatchObject({ data: [] });
    expect(await must(own(), `GET ${path}/report/namespace`)).toMatchObject({ data: [] });
  });

  test('the sample of a small store is all profiles; reports count them by dataset and by namespace', async () => {
    const [first, second] = [
      await createDataset(own(), schemas.profile),
      await createDataset(own(), schemas.profile),
    ];
    await ingest(own(), first, lines('ada', 'grace', 'alan'));
    const last = await ingest(own(), second, lines('grace'));
    expect(await must(own(), `GET ${path}`)).toMatchObject({
      numRowsToRead: '3',
      totalRows: '3',
      docCount: '3',
      totalFragmentCount: 4,
      samplingRatio: 1,
      status: 'TASK_FINISHED',
      mergeStrategy: expect.stringMatching(/^timestampOrdered_/) as string,
      sampleJobRunning: { status: false },
      lastBatchId: last.id,
      lastSampledTimestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{1,3}$/) as string,
    });
    const today = new Date().toISOString().slice(0, 10);
    const datasets = await must<{ data: { value: string }[] }>(
      own(),
      `GET ${path}/report/dataset?date=${today}`,
    );
    const byId = new Map(datasets.data.map((row) => [row.value, row]));
    expect([byId.get(first), byId.get(second)]).toMatchObject([
      { sampleCount: 3, fullIDsCount: 3, fullIDsPercentage: 100, samplePercentage: 100 },
      { sampleCount: 1, fullIDsCount: 1, fullIDsPercentage: 33.33 },
    ]);
    expect(await must(own(), `GET ${path}/report/dataset/overlap`)).toMatchObject({
      data: { [first]: 2, [[first, second].sort().join(',')]: 1 },
    });
    expect(await must(own(), `GET ${path}/report/namespace`)).toMatchObject({
      data: [{ code: 'Email', value: '6', sampleCount: 3, fullIDsCount: 3 }],
      reportTimestamp: expect.any(String) as string,
    });
  });

  test('there is no report of another day', async () => {
    for (const report of ['dataset', 'namespace']) {
      expect((await ask(own(), `GET ${path}/report/${report}?date=2020-01-01`)).status).toBe(404);
      expect((await ask(own(), `GET ${path}/report/${report}?date=yesterday`)).status).toBe(400);
      expect((await ask(own(), `GET ${path}/report/${report}?date=2026-13-45`)).status).toBe(400);
    }
  });
}
