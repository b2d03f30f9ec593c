import type { BatchWire } from '../../src/wire/catalog.wire';
import type { ExportJobWire } from '../../src/wire/export-job.wire';
import type { OpenBatchAnswerWire } from '../../src/wire/ingestion.wire';
import type { SegmentDefinitionWire } from '../../src/wire/segment-definition.wire';
import type { SegmentJobWire } from '../../src/wire/segment-job.wire';
import type { ContractTarget } from './target';
import { must, paths, terminal, uniqueName, untilAnswer } from './target';

export const schemas = {
  profile: 'https://ns.adobe.com/xdm/context/profile',
  event: 'https://ns.adobe.com/xdm/context/experienceevent',
  union: 'https://ns.adobe.com/xdm/context/profile__union',
} as const;

/** Eight people; three of them in the US. */
export const people: readonly { readonly name: string; readonly country: string }[] = [
  { name: 'Ada', country: 'GB' },
  { name: 'Grace', country: 'US' },
  { name: 'Katherine', country: 'US' },
  { name: 'Edsger', country: 'NL' },
  { name: 'Barbara', country: 'US' },
  { name: 'Alan', country: 'GB' },
  { name: 'Niklaus', country: 'CH' },
  { name: 'Radia', country: 'CA' },
];

export function profileLine({ name, country }: { readonly name: string; readonly country: string }): string {
  return JSON.stringify({
    identityMap: { Email: [{ id: `${name.toLowerCase()}@example.com`, primary: true }] },
    person: { name: { firstName: name } },
    homeAddress: { countryCode: country },
  });
}

export const inUs = 'homeAddress.countryCode = "US"';

export function definitionBody(value: string = inUs): object {
  return {
    name: uniqueName('segment'),
    schema: { name: '_xdm.context.profile' },
    expression: { type: 'PQL', format: 'pql/text', value },
  };
}

export function createDefinition(target: ContractTarget, value?: string): Promise<SegmentDefinitionWire> {
  return must(target, `POST ${paths.definitions}`, { body: definitionBody(value) });
}

export async function createDataset(
  target: ContractTarget,
  schemaId: string,
  tags?: Record<string, string[]>,
): Promise<string> {
  const [reference = ''] = await must<string[]>(target, `POST ${paths.datasets}`, {
    body: {
      name: uniqueName('dataset'),
      schemaRef: { id: schemaId },
      ...(tags === undefined ? {} : { tags }),
    },
  });
  return reference.split('/').at(-1) ?? '';
}

export async function ingest(
  target: ContractTarget,
  datasetId: string,
  lines: readonly string[],
): Promise<BatchWire & { readonly id: string }> {
  const { id } = await must<OpenBatchAnswerWire>(target, `POST ${paths.ingestion}`, {
    body: { datasetId, inputFormat: { format: 'json' } },
  });
  await must(target, `PUT ${paths.ingestion}/${id}/datasets/${datasetId}/files/rows.ndjson`, {
    raw: `${lines.join('\n')}\n`,
    headers: { 'content-type': 'application/octet-stream' },
  });
  await must(target, `POST ${paths.ingestion}/${id}?action=COMPLETE`);
  const answer = await untilAnswer<Record<string, BatchWire>>(target, `GET ${paths.batches}/${id}`, (body) =>
    ['success', 'failed'].includes(body[id]?.status ?? ''),
  );
  return { id, ...(answer[id] as BatchWire) };
}

export async function runSegmentJob(target: ContractTarget, ids: readonly string[]): Promise<SegmentJobWire> {
  const job = await must<SegmentJobWire>(target, `POST ${paths.segmentJobs}`, {
    body: ids.map((segmentId) => ({ segmentId })),
  });
  return untilAnswer<SegmentJobWire>(target, `GET ${paths.segmentJobs}/${job.id}`, ({ status }) =>
    terminal.includes(status),
  );
}

export async function runExport(target: ContractTarget, body: object): Promise<ExportJobWire> {
  const job = await must<ExportJobWire>(target, `POST ${paths.exportJobs}`, {
    body: { schema: { name: '_xdm.context.profile' }, ...body },
  });
  return untilAnswer<ExportJobWire>(target, `GET ${paths.exportJobs}/${job.id}`, ({ status }) =>
    terminal.includes(status),
  );
}
