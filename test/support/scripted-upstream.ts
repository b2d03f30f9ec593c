import type { DataSources, SourcePage } from '../../src/datasources';
import type { Caller } from '../../src/datasources/caller';
import { UpstreamNotFound } from '../../src/errors/upstream-error';
import type { BatchWire, DatasetBodyWire } from '../../src/wire/catalog.wire';
import type { ExportJobBodyWire, ExportJobWire } from '../../src/wire/export-job.wire';
import type { SegmentJobWire } from '../../src/wire/segment-job.wire';

interface Job {
  readonly kind: 'SEGMENT' | 'EXPORT';
  readonly wire: SegmentJobWire | ExportJobWire;
  /** What looks find, one after the other; the last one stays. */
  statuses: string[];
}

/** An upstream in memory that remembers what was asked of it, and fails as it is told. */
export class ScriptedUpstream {
  /** Newest first, as the lists have them. */
  readonly jobs: Job[] = [];
  readonly datasets: {
    readonly id: string;
    readonly name: string;
    readonly created?: number;
    batches: BatchWire['status'][];
  }[] = [];
  /** The order of its list of datasets, whatever it is asked for. */
  isOldestFirst = false;
  /** `createSegmentJob`, `look SEGMENT`, … with the token that came. */
  readonly calls: string[] = [];
  /** What happens instead of a call, or before it counts; throw to fail. */
  before: (call: string, caller: Caller) => void | Promise<void> = () => undefined;
  /** After the upstream has done it, before the answer arrives; throw, and the answer is lost. */
  after: (call: string) => void | Promise<void> = () => undefined;
  /** Of each new job. */
  course: string[] = ['NEW', 'PROCESSING', 'SUCCEEDED'];
  private made = 0;

  readonly sourcesOf = (caller: Caller): DataSources => {
    const call = async <T>(name: string, answer: () => T): Promise<T> => {
      await this.before(name, caller);
      this.calls.push(name);
      const value = answer();
      await this.after(name);
      return value;
    };
    const jobSource = <K extends Job['kind']>(kind: K) => ({
      page: ({ statuses, ...request }: { first: number; after?: string; statuses?: readonly string[] }) =>
        call(`list ${kind}`, () =>
          pageOf(
            this.ofKind(kind).filter(({ status }) => statuses?.includes(status) ?? true),
            request,
          ),
        ),
      byId: (id: string) => call(`look ${kind}`, () => this.look(kind, id)),
      find: (id: string) => call(`look ${kind}`, () => this.look(kind, id)),
      cancel: (id: string) => call(`cancel ${kind}`, () => this.cancel(kind, id)),
    });
    const sources = {
      segmentJobs: {
        ...jobSource('SEGMENT'),
        create: ({ ids }: { ids: string[] }) =>
          call('create SEGMENT', () =>
            this.add('SEGMENT', { segments: ids.map((segmentId) => ({ segmentId })) }),
          ),
      },
      exportJobs: {
        ...jobSource('EXPORT'),
        create: (body: ExportJobBodyWire) => call('create EXPORT', () => this.add('EXPORT', { ...body })),
      },
      catalog: {
        datasets: (request: { first: number; after?: string }) =>
          call('list datasets', () =>
            pageOf(this.isOldestFirst ? this.datasets.toReversed() : this.datasets, request),
          ),
        createDataset: ({ name }: DatasetBodyWire) =>
          call('create dataset', () => {
            const number = (this.made += 1);
            const id = `d${String(number)}`;
            this.datasets.unshift({ id, name, created: 1_700_000_000_000 + number, batches: [] });
            return id;
          }),
        deleteDataset: (id: string) =>
          call('delete dataset', () => {
            const at = this.datasets.findIndex((dataset) => dataset.id === id);
            if (at < 0) throw missing();
            this.datasets.splice(at, 1);
          }),
        batches: (id: string) =>
          call('list batches', () => {
            const dataset = this.datasets.find((each) => each.id === id);
            return pageOf(
              (dataset?.batches ?? []).map((status, at) => ({ id: `b${String(at)}`, status })),
              { first: 100 },
            );
          }),
      },
    };
    return sources as unknown as DataSources;
  };

  /** Made by somebody else. */
  add(kind: Job['kind'], parts: object): never {
    const number = (this.made += 1);
    const wire = {
      id: kind === 'SEGMENT' ? `j${String(number)}` : number,
      status: this.course[0],
      creationTime: 1,
      updateTime: 1,
      ...parts,
    } as unknown as SegmentJobWire & ExportJobWire;
    this.jobs.unshift({ kind, wire, statuses: [...this.course] });
    return wire as never;
  }

  /** How many there are of each kind. */
  get counts(): { segmentJobs: number; datasets: number; exportJobs: number } {
    return {
      segmentJobs: this.ofKind('SEGMENT').length,
      datasets: this.datasets.length,
      exportJobs: this.ofKind('EXPORT').length,
    };
  }

  /** Calls by name, e.g. all that begin with `create`. */
  countOf(prefix: string): number {
    return this.calls.filter((call) => call.startsWith(prefix)).length;
  }

  /** The statuses that looks at every job that has not ended will find. */
  continueWith(...statuses: string[]): void {
    for (const job of this.jobs) if (!ended.has(job.statuses[0] ?? '')) job.statuses = [...statuses];
  }

  private ofKind(kind: Job['kind']): readonly (SegmentJobWire & ExportJobWire)[] {
    return this.jobs
      .filter((job) => job.kind === kind)
      .map(({ wire, statuses }) => ({
        ...(wire as SegmentJobWire & ExportJobWire),
        status: statuses[0] ?? '',
      }));
  }

  private look(kind: Job['kind'], id: string): SegmentJobWire & ExportJobWire {
    const job = this.jobs.find((each) => each.kind === kind && String(each.wire.id) === id);
    if (job === undefined) throw missing();
    const status = (job.statuses.length > 1 ? job.statuses.shift() : job.statuses[0]) ?? '';
    return { ...(job.wire as SegmentJobWire & ExportJobWire), status };
  }

  private cancel(kind: Job['kind'], id: string): void {
    const job = this.jobs.find((each) => each.kind === kind && String(each.wire.id) === id);
    if (job === undefined) throw missing();
    if (!ended.has(job.statuses[0] ?? '')) job.statuses = ['CANCELLING', 'CANCELLED'];
  }
}

const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

function missing(): UpstreamNotFound {
  return new UpstreamNotFound('There is no such thing', { service: 'segmentation', status: 404 });
}

function pageOf<T extends { readonly id: unknown }>(
  all: readonly T[],
  { first, after }: { first: number; after?: string },
): SourcePage<T> {
  const start = after === undefined ? 0 : Number(after);
  const nodes = all.slice(start, start + first);
  const edges = nodes.map((node, at) => ({ cursor: String(start + at + 1), node }));
  return {
    edges,
    hasNextPage: all.length > start + first,
    hasPreviousPage: start > 0,
    totalCount: null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}
