import type { GatewayContext } from './context';
import { orThrow } from '../lib/or-throw';
import { toBatch, toDataset } from '../mapping/dataset.mapping';
import { toMergePolicy } from '../mapping/merge-policy.mapping';
import { toSchedule } from '../mapping/schedule.mapping';
import { toSegment } from '../mapping/segment.mapping';
import type { Batch } from '../schema/batch.type';
import type { Dataset } from '../schema/dataset.type';
import type { MergePolicy } from '../schema/merge-policy.type';
import type { Schedule } from '../schema/schedule.type';
import type { Segment } from '../schema/segment.type';

/**
 * Loads by id, as queries and edges do: null where there is no id, or nothing that has it; an id that could not be read
 * ends the edge with its error. Sources batch and share.
 */
type Load<Node> = (context: GatewayContext, id: string | null | Error) => Promise<Node | null>;

function loadBy<Wire, Node>(
  find: (context: GatewayContext, id: string) => Promise<Wire | null>,
  toNode: (wire: Wire) => Node,
): Load<Node> {
  return async (context, given) => {
    const id = orThrow(given);
    const wire = id === null ? null : await find(context, id);
    return wire === null ? null : toNode(wire);
  };
}

export const loadSegment: Load<Segment> = loadBy(
  ({ sources }, id) => sources.segmentDefinitions.find(id),
  toSegment,
);
export const loadMergePolicy: Load<MergePolicy> = loadBy(
  ({ sources }, id) => sources.mergePolicies.find(id),
  toMergePolicy,
);
export const loadSchedule: Load<Schedule> = loadBy(
  ({ sources }, id) => sources.schedules.find(id),
  toSchedule,
);
export const loadDataset: Load<Dataset> = loadBy(
  ({ sources }, id) => sources.catalog.findDataset(id),
  toDataset,
);
export const loadBatch: Load<Batch> = loadBy(({ sources }, id) => sources.catalog.findBatch(id), toBatch);

/**
 * The segments of a list, each a promise of its own: one that cannot be read leaves a null and an error at its own place
 * and the others as they are. Asked for in one go, so that they cost one bulk-get.
 */
export function loadSegments(context: GatewayContext, ids: readonly string[]): Promise<Segment | null>[] {
  return ids.map((id) => loadSegment(context, id));
}
