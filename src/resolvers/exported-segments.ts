import type { GatewayContext } from './context';
import { notThere } from './user-errors';
import { TooManyLookups } from '../errors/too-many-lookups';
import { UpstreamError } from '../errors/upstream-error';
import { toSegment } from '../mapping/segment.mapping';
import type { CreateExportJobInput } from '../schema/export-job.input';
import type { UserError } from '../schema/user-error.type';
import type { SegmentDefinitionWire } from '../wire/segment-definition.wire';

interface OwnSegment {
  readonly segmentId: string;
  readonly field: readonly string[];
}

/**
 * The segments of an export that are not there, or that nobody has evaluated yet; nothing is made before this is known.
 * One look at the newest successful jobs as a rule, and one bulk-get of what stays in doubt. Definitions of another
 * namespace than ups are kept elsewhere, so nobody can say anything of them here.
 */
export async function findSegmentErrors(
  context: GatewayContext,
  { segments, destination, evaluateFirst }: CreateExportJobInput,
): Promise<UserError[]> {
  const own = (segments ?? []).flatMap(({ segmentId, namespace }, index): OwnSegment[] =>
    namespace.toLowerCase() === 'ups'
      ? [{ segmentId, field: ['input', 'segments', String(index), 'segmentId'] }]
      : [],
  );
  const isEvaluated = await Promise.all(
    own.map(async ({ segmentId }) => evaluateFirst || (await mayBeEvaluated(context, segmentId))),
  );
  const makesDataset = typeof destination.newDatasetName === 'string';
  const errors = await Promise.all(
    own.map(async (segment, index) =>
      makesDataset || isEvaluated[index] === false
        ? findError(context, segment, isEvaluated[index] === true)
        : null,
    ),
  );
  return errors.filter((error) => error !== null);
}

/** False only where it is known: what cannot be looked up is the upstream's to judge. */
async function mayBeEvaluated({ sources }: GatewayContext, segmentId: string): Promise<boolean> {
  try {
    return (await sources.segmentJobs.newestSucceeded(segmentId)) !== null;
  } catch (error) {
    if (error instanceof UpstreamError || error instanceof TooManyLookups) return true;
    throw error;
  }
}

async function findError(
  { sources, upstream }: GatewayContext,
  { segmentId, field }: OwnSegment,
  isEvaluated: boolean,
): Promise<UserError | null> {
  const definition = await sources.segmentDefinitions.find(segmentId);
  if (definition === null) return notThere(field, 'segment', segmentId);
  if (isEvaluated || (upstream.mode === 'ADOBE' && hasMembersWithoutJob(definition))) return null;
  return {
    code: 'SEGMENT_NOT_EVALUATED',
    message: `The segment ${segmentId} has never been evaluated, so it has no members.`,
    field,
    hint: 'Run createSegmentJob first, or set evaluateFirst: true.',
  };
}

/** Adobe evaluates these as data come in; the embedded platform evaluates by jobs alone. */
function hasMembersWithoutJob(definition: SegmentDefinitionWire): boolean {
  const { evaluation } = toSegment(definition);
  return !Array.isArray(evaluation) || evaluation.some((method) => method !== 'BATCH');
}
