import { Option } from 'commander';
import { CommandError } from '../../../errors/command-error';
import type { ExitCode } from '../../../errors/command-error';
import { startProgress } from '../../progress';
import { changeVerb, getVerb, listVerb } from '../common-verbs';
import {
  argument,
  durationOption,
  flag,
  given,
  listOption,
  number,
  text,
  textOption,
  texts,
} from '../options';
import { printRow } from '../output';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';
import { valueAt } from '../verb';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'STATUS', path: 'status' },
  { title: 'STEP', path: 'step' },
  { title: 'SEGMENTS', path: 'segmentIds' },
  { title: 'EXPORT', path: 'exportJob.id' },
  { title: 'UPDATED', path: 'updatedAt' },
  { title: 'ERROR', path: 'error.message' },
];
const fields = `id status step segmentIds createdAt updatedAt
  segmentJob { id status progress { fraction } } dataset { id name } exportJob { id status progress { fraction } }
  error { code message hint }`;
const watch: ApiDocument = {
  text: `subscription WatchRun($id: ID!) { result: audienceRunChanged(id: $id) { ${fields} } }`,
  rows: 'result',
  columns,
};
const timeoutOption = durationOption(
  '--timeout <time>',
  'wait no longer than 90s, 10m or 2h; the run goes on',
);
const watchOptions = [
  new Option('--watch', 'until it has ended, with a bar on stderr; the exit code tells how'),
  timeoutOption,
];

async function afterStart(call: Call, row: Row): Promise<ExitCode> {
  if (flag(call, 'watch')) return follow(call, String(row['id']));
  printRow(call, columns, row);
  return 0;
}

/** @throws CommandError 4 after --timeout, NOT_FOUND, or whatever ends the watching */
async function follow(call: Call, id: string): Promise<ExitCode> {
  const timeoutMs = number(call, 'timeout');
  const over = timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs);
  try {
    const signal = over === null ? call.signal : AbortSignal.any([call.signal, over]);
    return await followToItsEnd(call, id, signal);
  } catch (error) {
    if (over?.aborted !== true || call.signal.aborted) throw error;
    throw new CommandError(`WAIT_TIMEOUT: Run ${id} had not ended in time; it goes on.`, 4);
  }
}

/** The evaluation is the first half of the bar, the export the second. */
async function followToItsEnd(call: Call, id: string, signal: AbortSignal): Promise<ExitCode> {
  const line = startProgress(call.stderr, `run ${id}`);
  const events = call.client.subscribe<{ readonly result: Row }, Row>(watch.text, { id }, { signal });
  let last: Row | null = null;
  for await (const { result } of events) {
    if (last !== null && call.format === 'jsonl') printRow(call, columns, last);
    last = result;
    const [first, second] = ['segmentJob', 'exportJob'].map((job) =>
      Number(valueAt(result, `${job}.progress.fraction`) ?? 0),
    );
    line.update(((first ?? 0) + (second ?? 0)) / 2, `${String(result['step'])} ${String(result['status'])}`);
  }
  signal.throwIfAborted();
  if (last === null) throw new CommandError(`NOT_FOUND: There is no run ${id}.`, 2);
  line.done(String(last['status']));
  printRow(call, columns, last);
  return last['status'] === 'SUCCEEDED' ? 0 : last['status'] === 'CANCELLED' ? 3 : 1;
}

function startInput(call: Call): Row {
  const [datasetId, newDatasetName] = [text(call, 'dataset'), text(call, 'newDataset')];
  if ((datasetId === undefined) === (newDatasetName === undefined))
    throw new CommandError('Say --dataset <id> or --new-dataset <name>.', 2);
  return given({
    segmentIds: texts(call, 'segment'),
    destination: datasetId === undefined ? { newDatasetName } : { datasetId },
    fields: texts(call, 'fields'),
    statuses: texts(call, 'membership')?.map((status) => status.toUpperCase()),
    segmentPerBatch: flag(call, 'segmentPerBatch') || undefined,
    idempotencyKey: text(call, 'key'),
  });
}

export const run: Noun = {
  name: 'run',
  description: 'Audience runs: evaluate, export, and all between, as one thing.',
  verbs: [
    listVerb({
      description: 'List runs, newest first.',
      text: `query ListRuns($first: Int!, $after: String) {
        result: audienceRuns(first: $first, after: $after) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns,
    }),
    getVerb({
      description: 'Show one run.',
      text: `query GetRun($id: ID!) { result: audienceRun(id: $id) { ${fields} } }`,
      columns,
    }),
    changeVerb({
      usage: 'start',
      description: 'Evaluate segments and export who belongs to them.',
      options: [
        listOption('--segment <id>', 'this segment; several times, or with commas').makeOptionMandatory(),
        textOption('--dataset <id>', 'into this dataset'),
        textOption('--new-dataset <name>', 'into a dataset that is made for it'),
        listOption('--fields <paths>', 'these attributes (default: all)'),
        listOption('--membership <statuses>', 'REALIZED, EXISTING, EXITED (default: the first two)'),
        new Option('--segment-per-batch', 'one batch for each segment'),
        textOption('--key <key>', 'the same key finds the run that it started'),
        ...watchOptions,
      ],
      text: `mutation StartRun($input: StartAudienceRunInput!) {
        result: startAudienceRun(input: $input) { value: audienceRun { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: (call) => ({ input: startInput(call) }),
      after: afterStart,
    }),
    changeVerb({
      usage: 'cancel <id>',
      description: 'Stop a run, and undo what can be undone.',
      options: watchOptions,
      text: `mutation CancelRun($id: ID!) {
        result: cancelAudienceRun(id: $id) { value: audienceRun { ${fields} } ${userErrorFields} }
      }`,
      columns,
      after: afterStart,
    }),
    {
      usage: 'watch <id>',
      description: 'Follow a run to its end; the exit code tells how it ended.',
      options: [timeoutOption],
      documents: [watch],
      run: (call) => follow(call, argument(call)),
    },
  ],
};
