import { UpstreamConflict, UpstreamNotFound, UpstreamRejected } from '../errors/upstream-error';
import { hasEnded } from '../state/audience-run';
import type { Product, ProductKind } from '../state/audience-run';
import { afterJob, jobKinds, withEndedJob } from './after-job';
import type { JobProduct } from './after-job';
import type { Turn } from './turn';
import { followJob } from './follow-job';
import { adoptMade } from './make';
import { removeDataset } from './leftover';

/**
 * Undoes what can be undone of a run that is being cancelled: stops its jobs, waits until the upstream has ended them, and
 * deletes a dataset that it made and into which nothing was written. A run whose export ended well meanwhile has
 * succeeded: its files are there. Can be begun again at any point.
 */
export async function undo(turn: Turn): Promise<void> {
  const { run, signal } = turn;
  for (const kind of ['segmentJob', 'dataset', 'exportJob'] as const) await settleIntent(turn, kind);
  await endJob(turn, 'segmentJob');
  await endJob(turn, 'exportJob');
  if (signal.aborted || hasEnded(run.record)) return;
  if (isUnended(run.record.segmentJob) || isUnended(run.record.exportJob)) return;
  const leftover = await removeDataset(turn);
  if (signal.aborted) return;
  await run.update((record) => ({
    ...record,
    status: 'CANCELLED',
    error: leftover && { step: 'CREATE_DATASET', ...leftover },
  }));
}

/** Whether an intent came to something: then that is undone too. */
async function settleIntent(turn: Turn, kind: ProductKind): Promise<void> {
  const { run, signal } = turn;
  if (run.record[kind].kind !== 'intended' || (await adoptMade(turn, kind)) !== null || signal.aborted)
    return;
  await run.update((record) => ({ ...record, [kind]: { kind: 'none' } }));
}

async function endJob(turn: Turn, product: JobProduct): Promise<void> {
  const { run, credential, signal } = turn;
  const job = run.record[product];
  if (job.kind !== 'made' || job.hasEnded) return;
  const kind = jobKinds[product];
  const sources = turn.sources();
  const source = product === 'segmentJob' ? sources.segmentJobs : sources.exportJobs;
  try {
    await source.cancel(job.id).catch(unlessItHasEnded);
    turn.watchers.nudge(credential.caller, kind, job.id);
    const watched = await followJob(turn, { kind, id: job.id }, signal);
    if (watched !== null) await run.update(afterJob(product, watched));
  } catch (error) {
    if (!(error instanceof UpstreamNotFound)) throw error;
    await run.update((record) => withEndedJob(record, product, job.id));
  }
}

/** A job that has just ended cannot be cancelled; how it ended is looked at next. */
function unlessItHasEnded(error: unknown): void {
  if (!(error instanceof UpstreamRejected || error instanceof UpstreamConflict)) throw error;
}

function isUnended(product: Product): boolean {
  return product.kind === 'made' && !product.hasEnded;
}
