import type { ContractTarget } from '../../contract/target';
import { ask, paths } from '../../contract/target';
import { createDataset, createDefinition, schemas } from '../../contract/data';
import { must } from '../../contract/target';
import type { KeptDocument, Ledger } from './ledger';

/** What stands before anything is killed. */
export interface Ground {
  readonly profiles: string;
  readonly union: string;
  /** Everybody qualifies. */
  readonly everybody: string;
}

/** Makes the datasets, the rule and the schedule that the writers use. */
export async function layGround(target: ContractTarget, ledger: Ledger): Promise<Ground> {
  const profiles = await createDataset(target, schemas.profile);
  const union = await createDataset(target, schemas.union);
  const { id: everybody } = await createDefinition(target, 'person.name.firstName = "Ada"');
  const schedule = await must<{ id: string }>(target, `POST ${paths.schedules}`, {
    body: { name: 'nightly', type: 'batch_segmentation', properties: { segments: ['*'] } },
  });
  ledger.documents.push({
    path: `${paths.schedules}/${schedule.id}`,
    read: (body) => (body as { schedule: string }).schedule,
    acceptable: ['0 0 1 * * ?'],
  });
  return { profiles, union, everybody };
}

export interface Writer {
  readonly target: ContractTarget;
  readonly ground: Ground;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Unlike that of any other writer. */
  readonly name: string;
}

/** The connection broke: the platform is gone, and whether it has done what it was asked nobody knows. */
class AnswerLost extends Error {}

/** Writes one thing after the other until the platform is gone. */
export async function writeUntilGone(writer: Writer): Promise<void> {
  const own: KeptDocument[] = [];
  try {
    for (let turn = 0; ; turn += 1) {
      const deed = deeds[Math.floor(writer.random() * deeds.length)] ?? createSegmentJob;
      await deed(writer, own, `${writer.name}-${turn}`);
    }
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error;
  }
}

type Deed = (writer: Writer, own: KeptDocument[], name: string) => Promise<void>;

async function send<T>({ target, ledger }: Writer, request: string, body?: unknown): Promise<T | undefined> {
  const sent = body === undefined ? {} : typeof body === 'string' ? raw(body) : { body };
  const answer = await ask(target, request, sent).catch((cause: unknown) => {
    throw new AnswerLost(request, { cause });
  });
  if (answer.status >= 400) {
    ledger.surprises.push(`${request}: ${answer.status} ${answer.bytes.toString().slice(0, 300)}`);
    return undefined;
  }
  ledger.acknowledged += 1;
  return answer.body as T;
}

const raw = (text: string) => ({ raw: text, headers: { 'content-type': 'application/octet-stream' } });

const createADefinition: Deed = async (writer, own, name) => {
  const body = {
    name,
    description: 'v0',
    schema: { name: '_xdm.context.profile' },
    expression: { type: 'PQL', format: 'pql/text', value: `person.name.firstName = "${name}"` },
  };
  const made = await send<{ id: string }>(writer, `POST ${paths.definitions}`, body);
  if (made === undefined) return;
  const read = (found: unknown): unknown => (found as { description: string }).description;
  const document: KeptDocument = { path: `${paths.definitions}/${made.id}`, read, acceptable: ['v0'] };
  own.push(document);
  writer.ledger.documents.push(document);
};

/** What a write of one's own record leads to, known or not. */
async function rewrite(
  writer: Writer,
  document: KeptDocument,
  change: { readonly request: string; readonly body?: unknown; readonly to: string | null },
): Promise<void> {
  const { request, body, to } = change;
  document.acceptable = [...document.acceptable, to];
  await send(writer, request, body);
  document.acceptable = [to];
}

const patchADefinition: Deed = async (writer, own, name) => {
  const document = own.at(-1);
  if (document === undefined) return;
  await rewrite(writer, document, {
    request: `PATCH ${document.path}`,
    body: { description: name },
    to: name,
  });
};

const deleteADefinition: Deed = async (writer, own) => {
  const document = own.pop();
  if (document !== undefined)
    await rewrite(writer, document, { request: `DELETE ${document.path}`, to: null });
};

const createADataset: Deed = async (writer, _own, name) => {
  const made = await send<string[]>(writer, `POST ${paths.datasets}`, {
    name,
    schemaRef: { id: schemas.profile },
  });
  const id = made?.[0]?.split('/').at(-1) ?? '';
  if (made === undefined) return;
  const read = (found: unknown): unknown => (found as Record<string, { name: string }>)[id]?.name;
  writer.ledger.documents.push({ path: `${paths.datasets}/${id}`, read, acceptable: [name] });
};

const createATemplate: Deed = async (writer, _own, name) => {
  const create = { uri: '/lists', method: 'POST', headers: { Accept: 'application/json' } };
  const made = await send<{ instanceId: string }>(writer, `POST ${paths.templates}`, {
    audience: { name: '{{segment.name}}' },
    credential: { token: '{{baseConnection.auth.params.accessToken}}' },
    metadataTemplate: { host: 'https://api.example.com', name, create },
  });
  if (made === undefined) return;
  const read = (found: unknown): unknown =>
    (found as { metadataTemplate: { name: string } }).metadataTemplate.name;
  writer.ledger.documents.push({ path: `${paths.templates}/${made.instanceId}`, read, acceptable: [name] });
};

const patchTheSchedule: Deed = async (writer) => {
  // One writer alone changes it, or nobody could say what stands there.
  const [document] = writer.ledger.documents;
  if (document === undefined || !writer.name.endsWith('-0')) return;
  const cron = `0 ${Math.floor(writer.random() * 60)} 3 * * ?`;
  await rewrite(writer, document, {
    request: `PATCH ${document.path}`,
    body: [{ op: 'add', path: '/schedule', value: cron }],
    to: cron,
  });
};

const mostJobsAtOnce = 3;
const mostBatchesAtOnce = 3;

async function createJob(writer: Writer, path: string, body: unknown): Promise<void> {
  const { ledger } = writer;
  const unfinished = [...ledger.jobs.values()].filter((status) => !ended.has(status));
  if (unfinished.length >= mostJobsAtOnce) {
    await lookAtJobs(writer);
    return;
  }
  ledger.lostJobs += 1;
  const made = await send<{ id: string | number; status: string }>(writer, `POST ${path}`, body);
  ledger.lostJobs -= 1;
  if (made !== undefined) ledger.jobs.set(`${path}/${made.id}`, made.status);
}

const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

async function lookAtJobs(writer: Writer): Promise<void> {
  for (const [path, status] of writer.ledger.jobs) {
    if (ended.has(status)) continue;
    const found = await send<{ status: string }>(writer, `GET ${path}`);
    if (found !== undefined) writer.ledger.jobs.set(path, found.status);
  }
}

const createSegmentJob: Deed = (writer) =>
  createJob(writer, paths.segmentJobs, [{ segmentId: writer.ground.everybody }]);

const createExportJob: Deed = async (writer) => {
  const evaluatesFirst = writer.random() < 0.3;
  if (evaluatesFirst) writer.ledger.evaluatingExports += 1;
  await createJob(writer, paths.exportJobs, {
    schema: { name: '_xdm.context.profile' },
    destination: { datasetId: writer.ground.union },
    ...(evaluatesFirst ? { evaluationInfo: { segmentation: true } } : {}),
  });
};

const cancelAJob: Deed = async (writer) => {
  const open = [...writer.ledger.jobs].find(([, status]) => !ended.has(status));
  if (open !== undefined && writer.random() < 0.4) await send(writer, `DELETE ${open[0]}`);
};

const importPeople: Deed = async (writer, _own, name) => {
  const { profiles } = writer.ground;
  const open = [...writer.ledger.batches].filter(([, { isSettled }]) => !isSettled);
  if (open.length >= mostBatchesAtOnce) {
    for (const [id, batch] of open) {
      const found = await send<Record<string, { status: string }>>(writer, `GET ${paths.batches}/${id}`);
      batch.isSettled = found?.[id]?.status === 'success';
    }
    return;
  }
  const rows = 1 + Math.floor(writer.random() * 40);
  const lines = Array.from({ length: rows }, (_, index) =>
    JSON.stringify({
      identityMap: { Email: [{ id: `${name}-${index}@example.com`, primary: true }] },
      person: { name: { firstName: 'Ada' } },
    }),
  );
  const opened = await send<{ id: string }>(writer, `POST ${paths.ingestion}`, {
    datasetId: profiles,
    inputFormat: { format: 'json' },
  });
  if (opened === undefined) return;
  const batch = { rows, isClosed: false, isSettled: false };
  writer.ledger.batches.set(opened.id, batch);
  const base = `${paths.ingestion}/${opened.id}`;
  await send(writer, `PUT ${base}/datasets/${profiles}/files/rows.ndjson`, lines.join('\n'));
  await send(writer, `POST ${base}?action=COMPLETE`);
  batch.isClosed = true;
};

const deeds: readonly Deed[] = [
  createADefinition,
  createADefinition,
  patchADefinition,
  patchADefinition,
  deleteADefinition,
  createADataset,
  createATemplate,
  patchTheSchedule,
  createSegmentJob,
  createSegmentJob,
  createExportJob,
  createExportJob,
  cancelAJob,
  importPeople,
  importPeople,
];
