import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  createExportJob,
  createSegment,
  createSegmentJob,
  exportedFiles,
  updateSegment,
  watchExportJob,
  watchSegmentJob,
} from '../../support/road-operations';
import { createShopPeople, eventsOf, profileOf } from '../../support/shop-people';
import type { ShopPerson } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const people = createShopPeople(600);
const rule = 'homeAddress.countryCode = "FR" and xEvent[eventType = "commerce.purchases"].count() >= 2';
const isMember = ({ country, purchases }: ShopPerson): boolean => country === 'FR' && purchases >= 2;
const members = people.filter(isMember);

describe('the road from a rule to a file', () => {
  let road: Road;
  let folder: string;
  let segmentId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'main-road-'));
    road = await startRoad();
    expect(await road.ingest('profile', people.map(profileOf))).toEqual([]);
    expect(await road.ingest('event', people.flatMap(eventsOf))).toEqual([]);
    const { createSegment: answer } = await road.run(createSegment, {
      input: { name: 'French shoppers', expression: { text: rule } },
    });
    expect(answer.userErrors).toEqual([]);
    segmentId = answer.segment?.id ?? '';
  });

  afterAll(async () => {
    await road.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function evaluate() {
    const { createSegmentJob: answer } = await road.run(createSegmentJob, {
      input: { segments: { ids: [segmentId] } },
    });
    const events = await subscribe(road.sockets, watchSegmentJob, { id: answer.segmentJob?.id ?? '' }).all();
    return events.map(({ segmentJobChanged }) => segmentJobChanged);
  }

  async function exportMembers(): Promise<string> {
    const { createExportJob: answer } = await road.run(createExportJob, {
      input: { destination: { newDatasetName: 'French shoppers' }, segments: [{ segmentId }] },
    });
    expect(answer.userErrors).toEqual([]);
    return answer.exportJob?.id ?? '';
  }

  it('pushes a snapshot first and one terminal event last', async () => {
    const events = await evaluate();
    expect(events[0]?.type).toBe('SNAPSHOT');
    expect(events.filter(({ type }) => type === 'TERMINAL')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'TERMINAL', job: { status: 'SUCCEEDED', isTerminal: true } });
  });

  it('tells the audience by size, namespace and status', async () => {
    const last = (await evaluate()).at(-1)?.job;
    const results = last !== null && last !== undefined && 'results' in last ? last.results : [];
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ segment: { name: 'French shoppers' }, size: String(members.length) });
    expect(results[0]?.byNamespace).toEqual(
      expect.arrayContaining([
        { namespace: 'Email', count: String(members.length) },
        { namespace: 'Phone', count: String(members.filter(({ hasPhone }) => hasPhone).length) },
      ]),
    );
  });

  it('exports exactly the members to a Parquet file that downloads through the gateway', async () => {
    const id = await exportMembers();
    const events = await subscribe(road.sockets, watchExportJob, { id }).all();
    expect(events.at(-1)?.exportJobChanged).toMatchObject({
      type: 'TERMINAL',
      job: { status: 'SUCCEEDED', errors: [] },
    });
    const { exportJob } = await road.run(exportedFiles, { id });
    const file = exportJob?.batches[0]?.batch?.files[0];
    const answer = await fetch(file?.downloadUrl ?? '');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(String(bytes.length)).toBe(file?.sizeBytes);
    const path = join(folder, 'members.parquet');
    await writeFile(path, bytes);
    expect(await emailsIn(path)).toEqual(members.map(({ email }) => email).sort());
    expect(exportJob?.exportedProfiles).toBe(String(members.length));
  });

  it('shows the first rows of a file as nested XDM', async () => {
    const id = await exportMembers();
    await subscribe(road.sockets, watchExportJob, { id }).all();
    const { exportJob } = await road.run(exportedFiles, { id });
    const rows = exportJob?.batches[0]?.batch?.files[0]?.rows ?? [];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ homeAddress: { countryCode: 'FR' } });
  });

  it('moves members between realized, existing and exited when the rule changes', async () => {
    await evaluate();
    const narrower =
      'homeAddress.countryCode = "FR" and xEvent[eventType = "commerce.purchases"].count() >= 3';
    const { updateSegment: answer } = await road.run(updateSegment, {
      input: { id: segmentId, expression: { text: narrower } },
    });
    expect(answer.userErrors).toEqual([]);
    const last = (await evaluate()).at(-1)?.job;
    const stay = members.filter(({ purchases }) => purchases >= 3).length;
    const results = last !== null && last !== undefined && 'results' in last ? last.results : [];
    expect(results[0]?.byStatus).toEqual(
      expect.arrayContaining([
        { status: 'REALIZED', count: '0' },
        { status: 'EXISTING', count: String(stay) },
        { status: 'EXITED', count: String(members.length - stay) },
      ]),
    );
  });

  it('realizes people whose data changed since the last run', async () => {
    await road.run(updateSegment, { input: { id: segmentId, expression: { text: rule } } });
    await evaluate();
    const newcomer: ShopPerson = {
      email: 'newcomer@example.com',
      country: 'FR',
      purchases: 4,
      hasPhone: false,
    };
    await road.ingest('profile', [profileOf(newcomer)]);
    await road.ingest('event', eventsOf(newcomer));
    const last = (await evaluate()).at(-1)?.job;
    const results = last !== null && last !== undefined && 'results' in last ? last.results : [];
    expect(results[0]?.byStatus).toEqual(
      expect.arrayContaining([
        { status: 'REALIZED', count: '1' },
        { status: 'EXISTING', count: String(members.length) },
      ]),
    );
  });
});

async function emailsIn(path: string): Promise<string[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    'SELECT personalEmail.address FROM read_parquet($path) ORDER BY 1',
    { path },
  );
  const emails = reader.getRows().map(([email]) => String(email));
  connection.closeSync();
  instance.closeSync();
  return emails;
}
