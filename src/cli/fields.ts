import type { FieldListWire, FieldWire } from '../wire/field.wire';
import type { IngestionClient } from './ingestion-client';

/** Adds a field of one's own. @returns one line that says so. */
export async function addField(
  client: IngestionClient,
  field: Pick<FieldWire, 'path' | 'type'> & { readonly entity: string },
): Promise<string> {
  const added = await client.json<FieldWire>('POST', '/audience/fields', field);
  return `Rules can use ${added.entity === 'event' ? 'the event field' : 'the profile field'} ${added.path} (${added.type}).\n`;
}

/** The fields of one's own as a table: entity, path, type, who brought it. */
export async function listFields(client: IngestionClient, entity: string | undefined): Promise<string> {
  const query = entity === undefined ? '' : `?${new URLSearchParams({ entity })}`;
  const { fields } = await client.json<FieldListWire>('GET', `/audience/fields${query}`);
  if (fields.length === 0) return 'There are no fields beside the built-in ones.\n';
  const rows = fields.map((field) => [field.entity, field.path, field.type, field.origin]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
