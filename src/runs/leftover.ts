import { UpstreamConflict, UpstreamNotFound, UpstreamRejected } from '../errors/upstream-error';
import { refusalError } from './run-failure';
import type { Failure } from './run-failure';
import type { Turn } from './turn';

/** Statuses of a batch that brought nothing (quirk S-7). */
const emptyStatuses: ReadonlySet<string> = new Set([
  ...['failed', 'failure', 'aborted', 'abandoned', 'deleted', 'inactive'],
]);

/** Deletes a dataset that the run made and into which nothing was written. Why it could not be undone; null where it was, or where it has to stay. */
export async function removeDataset(turn: Turn): Promise<Failure | null> {
  const { run } = turn;
  const { dataset } = run.record;
  if (dataset.kind !== 'made') return null;
  try {
    const { catalog } = turn.sources();
    const { edges, hasNextPage } = await catalog.batches(dataset.id, { first: 100 });
    if (hasNextPage || edges.some(({ node }) => !emptyStatuses.has(node.status.toLowerCase()))) return null;
    await catalog.deleteDataset(dataset.id);
  } catch (error) {
    if (error instanceof UpstreamRejected || error instanceof UpstreamConflict) {
      const refusal = refusalError(error);
      return refusal && { ...refusal, message: `The dataset ${dataset.id} stays: ${refusal.message}` };
    }
    if (!(error instanceof UpstreamNotFound)) throw error;
  }
  await run.update((record) => ({ ...record, dataset: { kind: 'removed', id: dataset.id } }));
  return null;
}

/**
 * Takes the empty dataset of a run along that is about to fail. To be called before the end is written, so that it is told
 * as it then is. What cannot be removed stays: the reason of the failure counts.
 */
export async function removeLeftover(turn: Turn): Promise<void> {
  const runId = turn.run.record.id;
  try {
    const refusal = await removeDataset(turn);
    if (refusal !== null) turn.log.warn({ runId, why: refusal.message }, 'a failed run leaves its dataset');
  } catch (error) {
    turn.log.warn({ runId, err: error }, 'a failed run leaves its dataset');
  }
}
