import type DataLoader from 'dataloader';
import type { ScheduleBodyWire, SchedulePatchWire, ScheduleWire } from '../wire/schedule.wire';
import { readChildren } from './children-list';
import { basePaths } from './endpoints';
import type { PageRequest, ScheduleSource, SourcePage } from './index';
import { maxUpstreamLimit } from './follow-offsets';
import type { OffsetPage } from './follow-offsets';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { createSeveralLoader, primeWith } from './record-loader';
import { orNull, pathOf, readId, readRecord } from './upstream';
import type { JsonRecord, Upstream } from './upstream';

const service = 'segmentation';
const path = `${basePaths.ups}/config/schedules`;

/** Schedules. Source: `/data/core/ups/config/schedules`; updates are PATCH, though one example shows POST (quirk M1). */
export class ScheduleDataSource implements ScheduleSource {
  private readonly loader: DataLoader<string, ScheduleWire>;

  constructor(private readonly upstream: Upstream) {
    const endpoint = { service, path, noun: 'schedule', read: readSchedule } as const;
    this.loader = createSeveralLoader(upstream, endpoint, async () => {
      // One a sandbox is usual: the first page of the list has them all.
      const { items } = await this.fetchPage(0, maxUpstreamLimit);
      return new Map(items.map((schedule) => [schedule.id, schedule]));
    });
  }

  async page(request: PageRequest): Promise<SourcePage<ScheduleWire>> {
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['schedules'],
      scheme: offsetScheme<ScheduleWire>({
        service,
        idOf: (schedule) => schedule.id,
        fetch: (start, limit) => this.fetchPage(start, limit),
      }),
      page: request,
    });
    for (const { node } of page.edges) this.loader.prime(node.id, node);
    return page;
  }

  byId(id: string): Promise<ScheduleWire> {
    return this.loader.load(id);
  }

  find(id: string): Promise<ScheduleWire | null> {
    return orNull(this.loader.load(id));
  }

  async create(body: ScheduleBodyWire): Promise<ScheduleWire> {
    const answer = await this.upstream.request({ method: 'POST', path, body });
    const schedule = readSchedule(readRecord(service, answer.body, 'the schedule'));
    return primeWith(this.loader, schedule.id, schedule);
  }

  async patch(id: string, patch: SchedulePatchWire): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'PATCH', path: pathOf(path, id), body: patch });
  }

  async delete(id: string): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(path, id) });
  }

  private fetchPage(start: number, limit: number): Promise<OffsetPage<ScheduleWire>> {
    return readChildren(this.upstream, { service, path, query: { start, limit }, read: readSchedule });
  }
}

function readSchedule(record: JsonRecord): ScheduleWire {
  return { ...record, id: readId(service, record) } as unknown as ScheduleWire;
}
