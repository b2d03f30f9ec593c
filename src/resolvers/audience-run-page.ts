import type { GatewayContext } from './context';
import { toPageRequest } from './page-request';
import { BadCursor } from '../errors/bad-cursor';
import { decodeCursor, encodeCursor } from '../lib/cursor';
import { toAudienceRun } from '../mapping/audience-run.mapping';
import type { RunView } from '../runs/audience-runs';
import type { AudienceRun } from '../schema/audience-run.type';
import type { Connection } from '../schema/connection';
import type { PageArgs } from '../schema/page.args';

/**
 * A page of the caller's runs, newest first.
 *
 * @throws BadCursor for a cursor of another list, org or sandbox.
 */
export async function loadRunPage(context: GatewayContext, args: PageArgs): Promise<Connection<AudienceRun>> {
  const { first, after } = toPageRequest(args);
  const binding = JSON.stringify(['audience-runs', context.caller.orgId, context.caller.sandbox]);
  const { runs, totalCount } = await context.runs.list(context.caller, {
    limit: first + 1,
    ...(after !== undefined && { after: readPosition(binding, after) }),
  });
  const edges = runs
    .slice(0, first)
    .map((run) => ({ cursor: cursorOf(binding, run), node: toAudienceRun(run) }));
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

function cursorOf(binding: string, { record }: RunView): string {
  return encodeCursor(binding, `${record.createdAt.getTime()}_${record.id}`);
}

function readPosition(
  binding: string,
  cursor: string,
): { readonly createdAtMs: number; readonly id: string } {
  const decoded = decodeCursor(binding, cursor);
  if (decoded.kind === 'foreign') throw new BadCursor('it belongs to another list, filter or order');
  const [, createdAtMs, id] =
    (decoded.kind === 'position' && /^(\d{1,16})_([\w-]{1,64})$/.exec(decoded.position)) || [];
  if (createdAtMs === undefined || id === undefined) throw new BadCursor('it is damaged');
  return { createdAtMs: Number(createdAtMs), id };
}
