import type { GatewayContext } from './context';
import { toPageRequest } from './page-request';
import type { CursorsOfList } from '../datasources/list-cursors';
import { toAudienceRun } from '../mapping/audience-run.mapping';
import type { RunView } from '../runs/audience-runs';
import type { AudienceRun } from '../schema/audience-run.type';
import type { Connection } from '../schema/connection';
import type { PageArgs } from '../schema/page.args';
import type { RunPosition } from '../state/audience-runs';

/**
 * A page of the caller's runs, newest first.
 *
 * @throws BadCursor for a cursor of another list, org or sandbox.
 */
export async function loadRunPage(context: GatewayContext, args: PageArgs): Promise<Connection<AudienceRun>> {
  const { first, after } = toPageRequest(args);
  const cursors = context.cursors.of(['audience-runs']);
  const { runs, totalCount } = await context.runs.list(context.caller, {
    limit: first + 1,
    ...(after !== undefined && { after: readPosition(cursors, after) }),
  });
  const edges = runs
    .slice(0, first)
    .map((run) => ({ cursor: cursorOf(cursors, run), node: toAudienceRun(run) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: runs.length > first,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

function cursorOf(cursors: CursorsOfList, { record }: RunView): string {
  return cursors.write(`${record.createdAt.getTime()}_${record.id}`);
}

function readPosition(cursors: CursorsOfList, cursor: string): RunPosition {
  const place = cursors.read(cursor);
  const end = place.indexOf('_');
  return { createdAtMs: Number(place.slice(0, end)), id: place.slice(end + 1) };
}
