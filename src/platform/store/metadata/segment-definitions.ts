import { ResourceConflict } from '../../../errors/platform-error';
import type { SegmentDefinition } from '../../records';
import type { SegmentDefinitionRepository } from '../api/segment-definitions';
import type { TenantRegistry } from '../tenants';
import { createDocumentRepository } from './document-repository';
import type { Metadata } from './open-metadata';

/** Segment definitions; one that is deleted takes its current memberships with it. */
export function createSegmentDefinitionRepository(
  db: Metadata,
  tenants: TenantRegistry,
): SegmentDefinitionRepository {
  const documents = createDocumentRepository<SegmentDefinition>({
    db,
    tenants,
    table: 'segment_definition',
    columns: ({ evaluation }) => ({
      continuous: Number(evaluation.continuous),
      synchronous: Number(evaluation.synchronous),
    }),
  });
  return {
    ...documents,
    findByName: async (tenant, name) => {
      const row = await db
        .selectFrom('segment_definition')
        .where('org_id', '=', tenant.orgId)
        .where('sandbox', '=', tenant.sandbox)
        .where('name', '=', name)
        .select('body')
        .executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.body) as SegmentDefinition);
    },
    listWhere: (tenant, where, page, sort) => {
      const columns = Object.entries(where).map(([method, wanted]) => [method, Number(wanted)] as const);
      return documents.listBy({ tenant, where: Object.fromEntries(columns), page, sort });
    },
    all: async (tenant) => {
      const rows = await db
        .selectFrom('segment_definition')
        .where('org_id', '=', tenant.orgId)
        .where('sandbox', '=', tenant.sandbox)
        .select('body')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => JSON.parse(row.body) as SegmentDefinition);
    },
    insert: (tenant, definition) => refusingTakenNames(definition, documents.insert(tenant, definition)),
    replace: (tenant, definition) => refusingTakenNames(definition, documents.replace(tenant, definition)),
    delete: (tenant, id) =>
      db.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom('membership_head')
          .where('org_id', '=', tenant.orgId)
          .where('sandbox', '=', tenant.sandbox)
          .where('segment_id', '=', id)
          .execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('segment_definition')
          .where('org_id', '=', tenant.orgId)
          .where('sandbox', '=', tenant.sandbox)
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
  };
}

async function refusingTakenNames<T>(definition: SegmentDefinition, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    // The one unique constraint of the table beside its key.
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'SQLITE_CONSTRAINT_UNIQUE')
      throw cause;
    throw new ResourceConflict(`A segment definition with the name "${definition.name}" exists already.`, {
      cause,
    });
  }
}
