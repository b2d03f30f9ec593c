import { SegmentationError } from '../../errors/segmentation-error';
import { TooManyPreviews } from '../../errors/platform-error';
import type { Surroundings } from '../jobs/surroundings';
import type { Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { Preview, PreviewRequest } from './preview';
import { runPreview } from './run-preview';
import type { SamplingRule } from './sampling';
import { adobeSampling } from './sampling';

export interface PreviewBookOptions {
  readonly store: PlatformStore;
  readonly surroundings: Surroundings;
  readonly sampling?: SamplingRule;
  /** Previews that run side by side, over all tenants; more wait as NEW. */
  readonly maxRunning?: number;
}

interface Entry {
  preview: Preview;
  readonly request: PreviewRequest;
  readonly tenant: Tenant;
  /** Monotonic. */
  readonly startedAt: number;
  readonly controller: AbortController;
  /** Resolves once all has been counted, it has failed, or was forgotten. */
  readonly counted: Promise<void>;
  readonly onCounted: () => void;
  ended?: Promise<void>;
}

/** Who asks for an estimate waits so long for it: most are there by then, and need not be asked for again. */
const patienceMs = 50;

const mostPerTenant = 100;
const keptForMs = 60 * 60 * 1000;

/** The previews of this process: questions, not records, so a restart forgets them. */
export class PreviewBook {
  readonly #options: PreviewBookOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting: Entry[] = [];
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: PreviewBookOptions) {
    this.#options = options;
  }

  /**
   * Takes a rule to be tried and answers at once.
   * @throws TooManyPreviews where a tenant has 100 that have not ended.
   */
  start(tenant: Tenant, request: PreviewRequest): Preview {
    this.#makeRoom(tenant);
    const { ids, monotonic } = this.#options.surroundings;
    const queryId = ids.uuid();
    const preview: Preview = {
      queryId,
      state: 'NEW',
      sampleSize: 0,
      tally: { total: 0, read: 0, matched: 0 },
      byNamespace: new Map(),
      profiles: [],
      error: null,
    };
    let onCounted = (): void => undefined;
    const counted = new Promise<void>((resolve) => (onCounted = resolve));
    const entry: Entry = {
      preview,
      request,
      tenant,
      startedAt: monotonic(),
      controller: new AbortController(),
      counted,
      onCounted,
    };
    this.#entries.set(queryId, entry);
    this.#waiting.push(entry);
    this.#beginNext();
    return preview;
  }

  /** Undefined where it is another tenant's, was removed, or is older than an hour. */
  find(tenant: Tenant, queryId: string): Preview | undefined {
    const entry = this.#entries.get(queryId);
    return entry !== undefined && isOf(entry, tenant) && !this.#isOld(entry) ? entry.preview : undefined;
  }

  /** The same, as it is when all has been counted, or after a moment. */
  async soon(tenant: Tenant, queryId: string): Promise<Preview | undefined> {
    if (this.find(tenant, queryId) === undefined) return undefined;
    const { timers } = this.#options.surroundings;
    let callOff = (): void => undefined;
    const patience = new Promise<void>((resolve) => (callOff = timers.after(patienceMs, resolve)));
    await Promise.race([this.#entries.get(queryId)?.counted, patience]);
    callOff();
    return this.find(tenant, queryId);
  }

  /** The same, with the profiles once all have been counted: they are listed right after that. */
  async listed(tenant: Tenant, queryId: string): Promise<Preview | undefined> {
    const preview = this.find(tenant, queryId);
    if (preview?.state === 'RESULT_READY') await this.#entries.get(queryId)?.ended;
    return this.find(tenant, queryId);
  }

  /** Stops it if it runs and forgets it. False where there is none. */
  remove(tenant: Tenant, queryId: string): boolean {
    if (this.find(tenant, queryId) === undefined) return false;
    this.#forget(queryId);
    return true;
  }

  /** Stops and forgets all of a tenant. */
  async removeAll(tenant: Tenant): Promise<void> {
    const own = [...this.#entries].filter(([, entry]) => isOf(entry, tenant));
    for (const [queryId] of own) this.#forget(queryId);
    for (const [, { ended }] of own) await ended;
  }

  /** Stops all. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const queryId of [...this.#entries.keys()]) this.#forget(queryId);
    await Promise.all(this.#running);
  }

  #makeRoom(tenant: Tenant): void {
    for (const [queryId, entry] of this.#entries) if (this.#isOld(entry)) this.#forget(queryId);
    const own = [...this.#entries].filter(([, entry]) => isOf(entry, tenant));
    if (own.length < mostPerTenant) return;
    const ended = own.find(
      ([, { preview }]) => preview.state === 'RESULT_READY' || preview.state === 'FAILED',
    );
    if (ended === undefined) throw new TooManyPreviews(mostPerTenant);
    this.#forget(ended[0]);
  }

  #forget(queryId: string): void {
    const entry = this.#entries.get(queryId);
    this.#entries.delete(queryId);
    entry?.controller.abort(new Error('The preview was removed.'));
    entry?.onCounted();
    const place = entry === undefined ? -1 : this.#waiting.indexOf(entry);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #isOld({ startedAt }: Entry): boolean {
    return this.#options.surroundings.monotonic() - startedAt > keptForMs;
  }

  #beginNext(): void {
    const { maxRunning = 2 } = this.#options;
    while (!this.#isClosed && this.#running.size < maxRunning) {
      const entry = this.#waiting.shift();
      if (entry === undefined) return;
      const running = this.#run(entry).finally(() => {
        this.#running.delete(running);
        this.#beginNext();
      });
      this.#running.add(running);
      entry.ended = running;
    }
  }

  async #run(entry: Entry): Promise<void> {
    const { store, surroundings, sampling = adobeSampling } = this.#options;
    const { signal } = entry.controller;
    entry.preview = { ...entry.preview, state: 'RUNNING' };
    try {
      const profiles = await runPreview(await store.profileData(entry.tenant), entry.request, {
        now: new Date(surroundings.clock()),
        monotonic: surroundings.monotonic,
        sampling,
        sampleStart: 0,
        signal,
        onChange: ({ sampleSize, tally, byNamespace }) => {
          const state = tally.read === sampleSize ? 'RESULT_READY' : 'RUNNING';
          entry.preview = { ...entry.preview, state, sampleSize, tally, byNamespace };
          if (state === 'RESULT_READY') entry.onCounted();
        },
      });
      entry.preview = { ...entry.preview, profiles };
    } catch (error) {
      if (signal.aborted) return;
      surroundings.log.error({ err: error, previewQueryId: entry.preview.queryId }, 'a preview failed');
      entry.preview = { ...entry.preview, state: 'FAILED', error: reasonOf(error) };
      entry.onCounted();
    }
  }
}

function isOf({ tenant }: Entry, { orgId, sandbox }: Tenant): boolean {
  return tenant.orgId === orgId && tenant.sandbox === sandbox;
}

function reasonOf(error: unknown): string {
  if (error instanceof SegmentationError) return error.message;
  return 'The preview failed for a reason inside the platform. Its log has the details.';
}
