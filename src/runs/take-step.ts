import { assertNever } from '../lib/assert';
import { afterJob, jobKinds } from './after-job';
import type { JobProduct } from './after-job';
import type { Turn } from './turn';
import { followJob } from './follow-job';
import { removeLeftover } from './leftover';
import { ensureMade } from './make';

/** Takes the step that the run is in, or as much of it as can be done; where it stands is on disk afterwards. */
export async function takeStep(turn: Turn): Promise<void> {
  const { step } = turn.run.record;
  switch (step) {
    case 'EVALUATE':
      return finishJob(turn, 'segmentJob');
    case 'CREATE_DATASET':
      return makeDataset(turn);
    case 'EXPORT':
      return finishJob(turn, 'exportJob');
    case 'DONE':
      return;
    default:
      return assertNever(step);
  }
}

/** Makes a job and waits for its end. */
async function finishJob(turn: Turn, product: JobProduct): Promise<void> {
  const id = await ensureMade(turn, product);
  if (id === null) return;
  const { run, signal } = turn;
  const until = AbortSignal.any([signal, run.cancelled]);
  const watched = await followJob(turn, { kind: jobKinds[product], id }, until);
  if (watched === null) return;
  const hasFailed = product === 'exportJob' && watched.job.status !== 'SUCCEEDED';
  if (hasFailed && run.record.status === 'RUNNING') await removeLeftover(turn);
  await run.update(afterJob(product, watched));
}

async function makeDataset(turn: Turn): Promise<void> {
  await ensureMade(turn, 'dataset');
  await turn.run.update((record) =>
    record.status === 'RUNNING' && record.dataset.kind === 'made' ? { ...record, step: 'EXPORT' } : record,
  );
}
