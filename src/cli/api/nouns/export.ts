import type { ExitCode } from '../../../errors/command-error';
import { Option } from 'commander';
import { CommandError } from '../../../errors/command-error';
import { askOne, changeVerb, getVerb, listVerb } from '../common-verbs';
import { afterCreation, followJob, followOptions, jobColumns } from '../follow-job';
import { argument, durationOption, flag, given, listOption, text, textOption, texts } from '../options';
import { printRows } from '../output';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';
import { valueAt } from '../verb';
import { cancelVerb, jobFilter, jobFilterOptions } from './job';
import { exportJobFields } from './job-fields';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  ...jobColumns.filter(({ title }) => title !== 'KIND'),
  { title: 'DATASET', path: 'datasetId' },
  { title: 'PROFILES', path: 'exportedProfiles' },
];
const exportFields = `${exportJobFields} byNamespace { namespace count } batches { batchId }`;

const files: ApiDocument = {
  text: `query ExportFiles($id: ID!) {
    result: exportJob(id: $id) { batches { batchId batch { files { name sizeBytes downloadUrl } } } }
  }`,
  rows: 'result.batches.batch.files',
  columns: [
    { title: 'NAME', path: 'name' },
    { title: 'BYTES', path: 'sizeBytes' },
    { title: 'LINK', path: 'downloadUrl' },
  ],
};

function exportInput(call: Call): Row {
  const datasetId = text(call, 'dataset');
  const newDatasetName = text(call, 'newDataset');
  if ((datasetId === undefined) === (newDatasetName === undefined))
    throw new CommandError('Say --dataset <id> or --new-dataset <name>.', 2);
  const statuses = texts(call, 'membership')?.map((status) => status.toUpperCase());
  return given({
    destination: datasetId === undefined ? { newDatasetName } : { datasetId },
    segments: texts(call, 'segment')?.map((segmentId) => given({ segmentId, statuses })),
    allProfiles: flag(call, 'allProfiles') || undefined,
    fields: texts(call, 'fields'),
    mergePolicyId: text(call, 'mergePolicy'),
    segmentPerBatch: flag(call, 'segmentPerBatch') || undefined,
    evaluateFirst: flag(call, 'evaluateFirst') || undefined,
    emptyProfiles: flag(call, 'emptyProfiles') || undefined,
  });
}

export const exportNoun: Noun = {
  name: 'export',
  description: 'Export jobs: profiles of audiences as files.',
  verbs: [
    listVerb({
      description: 'List export jobs, newest first.',
      options: [...jobFilterOptions, textOption('--dataset <id>', 'into this dataset')],
      text: `query ListExportJobs($first: Int!, $after: String, $filter: JobFilter) {
        result: exportJobs(first: $first, after: $after, filter: $filter) {
          nodes { ${exportFields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns,
      variables: (call) => ({ filter: jobFilter(call) }),
    }),
    getVerb({
      description: 'Show one export job.',
      text: `query GetExportJob($id: ID!) { result: exportJob(id: $id) { ${exportFields} } }`,
      columns,
    }),
    changeVerb({
      usage: 'create',
      description: 'Export the profiles of segments, or all.',
      options: [
        listOption('--segment <id>', 'of this segment; several times, or with commas'),
        new Option('--all-profiles', 'every profile of the sandbox'),
        textOption('--dataset <id>', 'into this dataset'),
        textOption('--new-dataset <name>', 'into a dataset that is made for it'),
        listOption('--fields <paths>', 'these attributes, e.g. person.name,homeAddress.city (default: all)'),
        listOption('--membership <statuses>', 'REALIZED, EXISTING, EXITED (default: the first two)'),
        textOption('--merge-policy <id>', 'by this merge policy'),
        new Option('--segment-per-batch', 'one batch for each segment'),
        new Option('--evaluate-first', 'evaluate the segments before'),
        new Option('--empty-profiles', 'profiles without a record, too'),
        ...followOptions,
      ],
      text: `mutation CreateExportJob($input: CreateExportJobInput!) {
        result: createExportJob(input: $input) { value: exportJob { ${exportFields} } ${userErrorFields} }
      }`,
      columns,
      variables: (call) => ({ input: exportInput(call) }),
      after: afterCreation('EXPORT', columns),
    }),
    cancelVerb('EXPORT'),
    {
      usage: 'watch <id>',
      description: 'Follow an export to its end; the exit code tells how it ended.',
      options: [durationOption('--timeout <time>', 'no longer than 90s, 10m or 2h')],
      documents: [],
      run: (call) => followJob(call, { kind: 'EXPORT', id: argument(call) }),
    },
    {
      usage: 'files <id>',
      description: 'List the files of an export, with links that are good for some minutes.',
      documents: [files],
      run: listFiles,
    },
  ],
};

async function listFiles(call: Call): Promise<ExitCode> {
  const found = await askOne(call, { ...files, rows: 'result' }, { id: argument(call) });
  if (found === null) throw new CommandError(`NOT_FOUND: There is no export job ${argument(call)}.`, 2);
  const batches = (found['batches'] ?? []) as readonly Row[];
  printRows(
    call,
    files.columns,
    batches.flatMap((batch) => (valueAt(batch, 'batch.files') ?? []) as readonly Row[]),
  );
  return 0;
}
