import type { SegmentJobListWire, SegmentJobWire } from '../../src/wire/segment-job.wire';
import { createDefinition, people, runSegmentJob } from './data';
import type { GetTarget } from './target';
import { ask, must, paths, terminal, untilAnswer } from './target';

/** Contract §5; needs the people of `data.ts` in the target. */
export function segmentJobsContract(target: GetTarget): void {
  test('a job is made NEW, and its links say how to watch and cancel it', async () => {
    const { id: segmentId } = await createDefinition(target());
    const answer = await ask(target(), `POST ${paths.segmentJobs}`, {
      body: [{ segmentId }],
      headers: { 'x-request-id': 'job-request' },
    });
    const job = answer.body as SegmentJobWire;
    expect(answer.status).toBe(200);
    expect(job).toMatchObject({
      status: 'NEW',
      source: 'api',
      requestId: 'job-request',
      segments: [{ segmentId, segment: { id: segmentId } }],
      _links: {
        cancel: { href: `/segment/jobs/${job.id}`, method: 'DELETE' },
        checkStatus: { method: 'GET' },
      },
    });
  });

  test('a job ends with how many people each segment has', async () => {
    const { id } = await createDefinition(target());
    const job = await runSegmentJob(target(), [id]);
    expect(job).toMatchObject({
      status: 'SUCCEEDED',
      progress: 1,
      errors: [],
      metrics: {
        totalProfiles: people.length,
        segmentedProfileCounter: { [id]: 3 },
        segmentedProfileByStatusCounter: { [id]: { realized: 3, existing: 0, exited: 0 } },
        segmentedProfileByNamespaceCounter: { [id]: { Email: 3 } },
        profileSegmentationTime: { totalTimeInMs: expect.any(Number) as number },
        totalTime: {
          startTimeInMs: expect.any(Number) as number,
          endTimeInMs: expect.any(Number) as number,
          totalTimeInMs: expect.any(Number) as number,
        },
      },
    });
  });

  test('a second run of a segment finds its members existing', async () => {
    const { id } = await createDefinition(target());
    await runSegmentJob(target(), [id]);
    const again = await runSegmentJob(target(), [id]);
    expect(again.metrics?.segmentedProfileByStatusCounter?.[id]).toEqual({
      realized: 0,
      existing: 3,
      exited: 0,
    });
  });

  test('"*" runs every segment', async () => {
    const { id } = await createDefinition(target());
    const made = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: { schema: { name: '_xdm.context.profile' }, segments: [{ segmentId: '*' }] },
    });
    const job = await untilAnswer<SegmentJobWire>(
      target(),
      `GET ${paths.segmentJobs}/${made.id}`,
      ({ status }) => terminal.includes(status),
    );
    expect(job.segments).toEqual([{ segmentId: '*' }]);
    const ofAll = await must<SegmentJobListWire>(
      target(),
      `GET ${paths.segmentJobs}?property=segments~segmentId==*`,
    );
    expect(ofAll.children.map((child) => child.id)).toContain(made.id);
    expect(ofAll.children.filter(({ segments }) => segments[0]?.segmentId !== '*')).toEqual([]);
    expect(job.metrics?.segmentedProfileCounter?.[id]).toBe(3);
  });

  test('an unknown segment is a 404, an empty list a 400', async () => {
    expect(
      (await ask(target(), `POST ${paths.segmentJobs}`, { body: [{ segmentId: 'unknown' }] })).status,
    ).toBe(404);
    expect((await ask(target(), `POST ${paths.segmentJobs}`, { body: [] })).status).toBe(400);
    expect((await ask(target(), `POST ${paths.segmentJobs}`, { body: { segments: 'all' } })).status).toBe(
      400,
    );
  });

  test('jobs are found by segment and by status', async () => {
    const { id } = await createDefinition(target());
    const job = await runSegmentJob(target(), [id]);
    const list = (query: string): Promise<SegmentJobListWire> =>
      must(target(), `GET ${paths.segmentJobs}?${query}`);
    expect((await list(`property=segments~segmentId==${id}`)).children.map((child) => child.id)).toEqual([
      job.id,
    ]);
    expect((await list(`property=segments~segmentId==${id}&status=FAILED`)).children).toEqual([]);
    const byProperty = async (property: string): Promise<boolean> =>
      (await list(`property=segments~segmentId==${id}&property=${property}`)).children.length === 1;
    expect([
      await byProperty('status==SUCCEEDED'),
      await byProperty('status==FAILED'),
      await byProperty('source==api'),
      await byProperty('source==scheduler'),
    ]).toEqual([true, false, true, false]);
    expect((await ask(target(), `GET ${paths.segmentJobs}?status=DONE`)).status).toBe(400);
    for (const query of ['property=status==DONE', 'status=FAILED&property=status==SUCCEEDED']) {
      expect((await ask(target(), `GET ${paths.segmentJobs}?${query}`)).status).toBe(400);
    }
    expect((await ask(target(), `GET ${paths.segmentJobs}?property=name==x`)).status).toBe(400);
  });

  test('jobs are found by any attribute, also within lists, and by the name of a snapshot', async () => {
    const { id } = await createDefinition(target());
    const name = `snapshot-${id}`;
    const made = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: [{ segmentId: id, snapshot: { name, ttlInDays: 30 } }],
    });
    const job = await untilAnswer<SegmentJobWire>(
      target(),
      `GET ${paths.segmentJobs}/${made.id}`,
      ({ status }) => terminal.includes(status),
    );
    const found = async (query: string): Promise<readonly string[]> =>
      (await must<SegmentJobListWire>(target(), `GET ${paths.segmentJobs}?${query}`)).children.map(
        (child) => child.id,
      );
    expect(job.segments[0]?.snapshot).toEqual({ name, ttlInDays: 30 });
    expect(await found(`snapshot.name=${name}`)).toEqual([job.id]);
    expect(await found(`property=segments~snapshot.name==${name}`)).toEqual([job.id]);
    expect(await found(`property=batchId==${job.batchId ?? ''}`)).toEqual([job.id]);
    expect(await found(`property=metrics.segmentedProfileCounter.${id}==3`)).toEqual([job.id]);
    expect(await found(`property=requestId==${job.requestId ?? ''}&status=FAILED`)).toEqual([]);
    expect(await found('snapshot.name=none-such')).toEqual([]);
  });

  test('a job that runs names its batch and its computation, and keeps them', async () => {
    const { id } = await createDefinition(target());
    const first = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: { segments: [{ segmentId: id }] },
    });
    expect(first).not.toHaveProperty('batchId');
    const job = await runSegmentJob(target(), [id]);
    expect(job).toMatchObject({
      batchId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      computeJobId: expect.any(Number) as number,
      computeGatewayJobId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(await must(target(), `GET ${paths.segmentJobs}/${job.id}`)).toEqual(job);
  });

  test('the pages of the list hold each job once and end with an empty next', async () => {
    const { id } = await createDefinition(target());
    for (let count = 0; count < 3; count += 1) await runSegmentJob(target(), [id]);
    const seen: string[] = [];
    let href: string | undefined = `@/segment/jobs?limit=2&property=segments~segmentId==${id}`;
    while (href !== undefined) {
      const page: SegmentJobListWire = await must(target(), `GET /data/core/ups${href.slice(1)}`);
      expect(page._page.totalCount).toBe(3);
      seen.push(...page.children.map((child) => child.id));
      href = page._links.next.href;
    }
    expect([seen.length, new Set(seen).size]).toEqual([3, 3]);
  });

  test('bulk-get answers 207 with those that exist', async () => {
    const { id } = await createDefinition(target());
    const job = await runSegmentJob(target(), [id]);
    const answer = await ask(target(), `POST ${paths.segmentJobs}/bulk-get`, {
      body: { ids: [{ id: job.id }, { id: 'unknown' }] },
    });
    expect([answer.status, answer.body]).toEqual([207, { results: { [job.id]: job } }]);
  });

  test('cancel answers 204 without a body and leads to CANCELLED', async () => {
    const { id } = await createDefinition(target());
    const job = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: [{ segmentId: id }],
    });
    const answer = await ask(target(), `DELETE ${paths.segmentJobs}/${job.id}`);
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
    const ended = await untilAnswer<SegmentJobWire>(
      target(),
      `GET ${paths.segmentJobs}/${job.id}`,
      ({ status }) => terminal.includes(status),
    );
    expect(ended.status).toBe('CANCELLED');
  });

  test('cancelling a job that has ended is a 204 and changes nothing', async () => {
    const { id } = await createDefinition(target());
    const job = await runSegmentJob(target(), [id]);
    expect((await ask(target(), `DELETE ${paths.segmentJobs}/${job.id}`)).status).toBe(204);
    expect(await must(target(), `GET ${paths.segmentJobs}/${job.id}`)).toEqual(job);
  });
}
