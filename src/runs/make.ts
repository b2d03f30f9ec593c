import { pause } from '../lib/timers';
import type { ProductKind } from '../state/audience-run';
import type { Turn } from './turn';
import { findMade, makeProduct, readBaseline } from './products';

/** Before what may have been made is looked for once more: its list may lag behind. */
export const secondLookMs = 2_000;

/**
 * Sees to it that the run has made one thing upstream, and one only; its id, or null where the run is being cancelled or
 * the process stops.
 *
 * The intent is on disk before the POST, with the newest ids from before it. Where an earlier try has left an intent
 * without a result, what it may have made is looked for and adopted, and only where there is nothing it is made again.
 */
export async function ensureMade(turn: Turn, kind: ProductKind): Promise<string | null> {
  const { run } = turn;
  const before = run.record[kind];
  if (before.kind === 'removed') return null;
  if (before.kind === 'made' || before.kind === 'given') return before.id;
  if (before.kind === 'none') {
    const baseline = await readBaseline(turn.sources(), run.record, kind);
    await run.update((record) =>
      record.status === 'RUNNING' ? { ...record, [kind]: { kind: 'intended', baseline } } : record,
    );
  } else {
    const found = await adoptMade(turn, kind);
    if (found !== null) return found;
  }
  // Who has cancelled meanwhile finds an intent at most, and looks whether it came to something.
  if (run.record.status !== 'RUNNING' || turn.signal.aborted || !run.mayDrive) return null;
  const id = await makeProduct(turn.sources(), run.record, kind);
  return (await keep(turn, kind, id)) ? id : null;
}

/**
 * Looks twice for what an intent may have come to, and takes what belongs to no other run. Null where there is nothing:
 * nothing was made.
 */
export async function adoptMade(turn: Turn, kind: ProductKind): Promise<string | null> {
  const { run, timers, signal } = turn;
  for (let look = 1; look <= 2 && !signal.aborted; look += 1) {
    if (look > 1) await pause(timers, secondLookMs, signal);
    const product = run.record[kind];
    if (product.kind !== 'intended') return null;
    const made = await findMade(turn.sources(), run.record, { kind, baseline: product.baseline });
    const taken = await turn.repository.taken(run.record, kind, made);
    for (const id of made) {
      if (!taken.has(id) && (await keep(turn, kind, id))) {
        turn.log.info({ runId: run.record.id, kind, id }, 'a run has found what it had made');
        return id;
      }
    }
  }
  return null;
}

/** False where it belongs to another run. */
async function keep({ run }: Pick<Turn, 'run'>, kind: ProductKind, id: string): Promise<boolean> {
  const outcome = await run.update(
    (record) => ({ ...record, [kind]: { kind: 'made', id, hasEnded: false } }),
    {
      kind,
      id,
    },
  );
  return outcome === 'saved';
}
