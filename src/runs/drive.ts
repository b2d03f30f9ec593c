import { SharedStateUnavailable } from '../errors/gateway-state-error';
import { UpstreamForbidden, UpstreamUnauthorized } from '../errors/upstream-error';
import { pause } from '../lib/timers';
import { hasEnded } from '../state/audience-run';
import type { AudienceRunRecord } from '../state/audience-run';
import { removeLeftover } from './leftover';
import type { LiveRun } from './live-run';
import { isPassing, Outage } from './outage';
import { failed, outageError, refusalError } from './run-failure';
import type { Credential } from './run-credentials';
import { takeStep } from './take-step';
import type { DriveParts, Turn } from './turn';
import { undo } from './undo';

/**
 * Drives a run to its end: step by step, or back where it is being cancelled. Rests while nobody's credential is at hand;
 * bears an upstream that does not answer for half an hour. Resolves at the end of the run or of the
 * process, where another replica may drive it, and where it rests undriven.
 */
export async function drive(parts: DriveParts, run: LiveRun): Promise<void> {
  const outage = new Outage(parts);
  while (!hasEnded(run.record) && !parts.signal.aborted) {
    const credential = run.credentials.current;
    if (credential === null) {
      run.waitFor('CREDENTIAL');
      if (parts.restsUndriven && !run.credentials.hasOwn) return;
      await run.credentials.wait(parts.timers, parts.signal);
      continue;
    }
    const turn = turnOf(parts, { run, credential, outage });
    try {
      await run.settle();
      await (run.record.status === 'CANCELLING' ? undo(turn) : takeStep(turn));
      if (outage.isTooLong) await run.update(failed(outageError(null)));
      else turn.answered();
    } catch (error) {
      await bear(turn, outage, error);
    }
  }
}

function turnOf(
  parts: DriveParts,
  { run, credential, outage }: { run: LiveRun; credential: Credential; outage: Outage },
): Turn {
  return {
    ...parts,
    run,
    credential,
    sources: (tally, signal = parts.signal) => parts.sourcesOf(credential.caller, signal, tally),
    answered: () => {
      outage.over();
      run.waitFor(null);
    },
    failed: () => {
      outage.failed();
      run.waitFor('UPSTREAM');
      return outage.isTooLong ? 'too-long' : 'bearable';
    },
  };
}

/** Decides what a failed try means: another credential, patience, or the end. */
async function bear(turn: Turn, outage: Outage, error: unknown): Promise<void> {
  const { run, credential, log, signal, timers } = turn;
  if (signal.aborted) return;
  const runId = run.record.id;
  if (error instanceof SharedStateUnavailable) {
    // Says nothing of the upstream. Where it lasts, the run is lost to this replica.
    await pause(timers, statePauseMs, signal);
    return;
  }
  if (isRefusalOfPerson(error, credential)) {
    log.info({ runId, role: credential.role }, 'a run looks for another credential');
    run.credentials.drop(credential);
    return;
  }
  const isOwnFault = !isPassing(error) && refusalError(error) === null;
  if (isOwnFault) log.error({ runId, err: error }, 'a step of a run failed by a fault of our own');
  if (isPassing(error) || isOwnFault) {
    if (turn.failed() === 'too-long') {
      await end(turn, outageError(error));
      return;
    }
    const delayMs = outage.pauseMs(error);
    log.warn({ runId, delayMs, err: error }, 'a run waits for its upstream');
    await pause(timers, delayMs, signal);
    return;
  }
  const refusal = refusalError(error);
  if (refusal === null) return;
  if (!mayStillWrite(run.record)) await removeLeftover(turn);
  await end(turn, refusal);
}

/** An export that cannot be seen any more, but was not seen to end either. */
function mayStillWrite({ exportJob }: AudienceRunRecord): boolean {
  return exportJob.kind === 'made' && !exportJob.hasEnded;
}

/** The end may itself fail to be written, on a full disk say: then it is tried again with the next turn. */
async function end({ run, log, timers, signal }: Turn, why: Parameters<typeof failed>[0]): Promise<void> {
  try {
    await run.update(failed(why));
  } catch (error) {
    log.error({ runId: run.record.id, err: error }, 'the end of a run could not be written');
    await pause(timers, unwrittenPauseMs, signal);
  }
}

const unwrittenPauseMs = 30_000;
const statePauseMs = 1_000;

/** 401 says that this credential is over. 403 to one who only came by says nothing about the run. */
function isRefusalOfPerson(error: unknown, { role }: Credential): boolean {
  return error instanceof UpstreamUnauthorized || (error instanceof UpstreamForbidden && role === 'visitor');
}
