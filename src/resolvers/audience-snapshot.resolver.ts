import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadSegment } from './edges';
import { toRecordedSegment } from '../mapping/segment-job.mapping';
import { AudienceSnapshot } from '../schema/audience-snapshot.type';
import { SegmentJob } from '../schema/segment-job.type';
import { Segment } from '../schema/segment.type';

@Resolver(() => AudienceSnapshot)
export class AudienceSnapshotResolver {
  @FieldResolver(() => Segment, {
    description:
      'The segment. Where it has been deleted since, what the job kept of it, with the id for a name.',
  })
  async segment(@Root() snapshot: AudienceSnapshot, @Ctx() context: GatewayContext): Promise<Segment> {
    const segment = await loadSegment(context, snapshot.segmentId);
    return segment ?? toRecordedSegment(snapshot.segmentJob, snapshot.segmentId);
  }

  @FieldResolver(() => SegmentJob, { description: 'The job that found it.' })
  job(@Root() snapshot: AudienceSnapshot): SegmentJob {
    return snapshot.segmentJob;
  }
}
