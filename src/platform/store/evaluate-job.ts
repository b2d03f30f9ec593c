import { join } from 'node:path';
import { invariant } from '../../lib/assert';
import type { SegmentJob, SegmentJobCounters, Tenant } from '../records';
import { throwIfAborted } from './engine/abort';
import type { EngineLimits } from './engine/engine';
import { publish } from './files/publish';
import { remove, type TenantFiles } from './files/tenant-files';
import { evaluatePass } from './membership/evaluate-pass';
import { mergeRuleKey } from './merge-rule';
import { commitEvaluation, type NewMemberships } from './metadata/commit-evaluation';
import type { Metadata } from './metadata/open-metadata';
import type { EvaluationRequest, MergedPass } from './api/evaluation';
import type { ReportProgress } from './api/progress';
import type { Snapshot } from './snapshot';

export interface JobEvaluationParts {
  readonly db: Metadata;
  readonly tenant: Tenant;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  readonly now: () => number;
  readonly newId: () => string;
  readonly snapshot: (ruleKey: string) => Promise<Snapshot>;
  /** Makes the people of a pass new enough; the job waits for it. */
  readonly settle: (pass: MergedPass, onProgress: ReportProgress) => Promise<void>;
}

/** More files than this are joined into one by the next run, since each reader opens all of them. */
const mostMembershipFiles = 8;

/** Evaluates all passes of a job, one after the other, and commits all of them at once. */
export async function evaluateJob(
  parts: JobEvaluationParts,
  request: EvaluationRequest,
): Promise<SegmentJob | undefined> {
  const { db, tenant, files, now } = parts;
  const { job, passes, signal } = request;
  refuseUnfitPasses(request);
  const evaluatedFrom = now();
  const done: PassResult[] = [];
  try {
    for (const pass of passes) {
      const share = shareOf(request, { done: done.length, of: passes.length });
      done.push(await settleAndEvaluate(parts, { ...request, onProgress: share, pass }));
    }
    throwIfAborted(signal);
    for (const { name } of done) {
      if (name !== undefined) await publish(join(files.temp, name), join(files.memberships, name));
    }
    return await commitEvaluation(db, {
      tenant,
      jobId: job.id,
      errors: job.errors,
      counters: sumOf(done, job),
      evaluatedFrom,
      evaluatedTo: now(),
      files: done.flatMap(({ name, ...pass }): NewMemberships[] =>
        name === undefined ? [] : [{ ...pass, file: name }],
      ),
    });
  } finally {
    for (const { name } of done) if (name !== undefined) remove(join(files.temp, name));
  }
}

interface PassResult {
  readonly ruleKey: string;
  /** Of the file of memberships in the folder `temp`; undefined where there is no profile at all. */
  readonly name: string | undefined;
  readonly segmentIds: readonly string[];
  readonly takenOver: readonly string[];
  readonly counters: SegmentJobCounters;
}

type PassRequest = Omit<EvaluationRequest, 'passes'> & { readonly pass: MergedPass };

async function settleAndEvaluate(parts: JobEvaluationParts, request: PassRequest): Promise<PassResult> {
  const { onProgress } = request;
  let settling = false;
  await parts.settle(request.pass, ({ done, total }) => {
    settling = true;
    return onProgress?.({ done, total: 2 * total });
  });
  const ruleKey = mergeRuleKey(request.pass.mergeRule);
  const snapshot = await parts.snapshot(ruleKey);
  const later: ReportProgress = ({ done, total }) =>
    settling ? onProgress?.({ done: total + done, total: 2 * total }) : onProgress?.({ done, total });
  try {
    return await evaluateOne(parts, { ...request, onProgress: later }, snapshot);
  } finally {
    snapshot.release();
  }
}

async function evaluateOne(
  { files, limits, newId }: JobEvaluationParts,
  { pass, at, onProgress, signal }: PassRequest,
  { generation, sources, memberships }: Snapshot,
): Promise<PassResult> {
  const ruleKey = mergeRuleKey(pass.mergeRule);
  const segmentIds = segmentsOf(pass);
  if (generation === undefined) {
    return { ruleKey, name: undefined, segmentIds, takenOver: [], counters: noMembers(segmentIds) };
  }
  const others = [...memberships.keys()].filter((id) => !segmentIds.includes(id));
  const takenOver = sources.length > mostMembershipFiles ? others : [];
  const name = `${newId()}.duckdb`;
  const target = join(files.temp, name);
  const evaluation = {
    slices: pass.slices,
    generation,
    sources,
    takenOver,
    at,
    limits,
    signal,
  };
  try {
    const counters = await evaluatePass({ ...evaluation, onProgress, target });
    return { ruleKey, name, segmentIds, takenOver, counters };
  } catch (error) {
    remove(target);
    throw error;
  } finally {
    remove(`${target}.wal`);
  }
}

function segmentsOf({ slices }: MergedPass): readonly string[] {
  return slices.flatMap(({ segmentIds }) => segmentIds);
}

function refuseUnfitPasses({ job, passes }: EvaluationRequest): void {
  const ids = passes.flatMap(segmentsOf);
  invariant(new Set(ids).size === ids.length, 'A job evaluates each segment once.');
  invariant(
    ids.length === job.segments.length && job.segments.every(({ segmentId }) => ids.includes(segmentId)),
    'The passes of a job have its segments.',
  );
  const rules = passes.map(({ mergeRule }) => mergeRuleKey(mergeRule));
  invariant(new Set(rules).size === rules.length, 'Rules on the same people are one pass.');
}

/** The part of one pass in the progress of the job. */
function shareOf(
  { onProgress }: EvaluationRequest,
  place: { readonly done: number; readonly of: number },
): ReportProgress {
  return ({ done, total }) =>
    total === 0 ? undefined : onProgress?.({ done: place.done * total + done, total: place.of * total });
}

function noMembers(segmentIds: readonly string[]): SegmentJobCounters {
  const none = { members: 0, realized: 0, existing: 0, exited: 0, byNamespace: {} };
  return { totalProfiles: 0, bySegment: Object.fromEntries(segmentIds.map((id) => [id, none])) };
}

/** Each pass reads its people once; policies of equal meaning share them. */
function sumOf(done: readonly PassResult[], job: SegmentJob): SegmentJobCounters {
  const profiles = new Map(
    done.flatMap(({ segmentIds, counters }) => segmentIds.map((id) => [id, counters.totalProfiles] as const)),
  );
  return {
    totalProfiles: done.reduce((sum, { counters }) => sum + counters.totalProfiles, 0),
    profilesByMergePolicy: Object.fromEntries(
      job.segments.map(({ segmentId, mergePolicyId }) => [mergePolicyId, profiles.get(segmentId) ?? 0]),
    ),
    bySegment: Object.assign({}, ...done.map(({ counters }) => counters.bySegment)) as Record<
      string,
      SegmentJobCounters['bySegment'][string]
    >,
  };
}
