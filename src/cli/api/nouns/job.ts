import type { ExitCode } from '../../../errors/command-error';
import { Option } from 'commander';
import type { JobKind } from '../../../client';
import { CommandError } from '../../../errors/command-error';
import { changeVerb, listVerb } from '../common-verbs';
import { afterCreation, followJob, followOptions, jobColumns } from '../follow-job';
import {
  argument,
  durationOption,
  flag,
  given,
  listOption,
  text,
  textOption,
  texts,
  wordOption,
} from '../options';
import { printRow } from '../output';
import type { ApiDocument, Call, Noun, Row, Verb } from '../verb';
import { anyJobFields, exportJobFields, segmentJobFields } from './job-fields';
import { userErrorFields } from './user-error-fields';

const jobStatuses = [
  ...['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED', 'UNKNOWN'],
];

export const jobFilterOptions = [
  listOption('--status <status>', `of these statuses: ${jobStatuses.join(', ')}`),
  textOption('--segment <id>', 'of this segment'),
  textOption('--created-after <time>', 'made after it, e.g. 2026-01-01T00:00:00Z'),
  textOption('--created-before <time>', 'made before it'),
];

export function jobFilter(call: Call): Row {
  return given({
    statuses: texts(call, 'status')?.map((status) => status.toUpperCase()),
    segmentId: text(call, 'segment'),
    datasetId: text(call, 'dataset'),
    createdAfter: text(call, 'createdAfter'),
    createdBefore: text(call, 'createdBefore'),
  });
}

const kindOption = wordOption('--kind <kind>', 'found out unless said', ['SEGMENT', 'EXPORT']);

const find: ApiDocument = {
  text: `query FindJob($id: ID!) {
    segment: segmentJob(id: $id) { ${segmentJobFields} }
    export: exportJob(id: $id) { ${exportJobFields} }
  }`,
  rows: 'segment',
  columns: jobColumns,
};

/** The job of either kind with this id; one that is wrong for a kind is told by the other. */
async function findJob(call: Call): Promise<{ readonly kind: JobKind; readonly row: Row }> {
  const id = argument(call);
  const wanted = text(call, 'kind');
  const { data, error } = await call.client.execute<Partial<Record<'segment' | 'export', Row | null>>, Row>(
    find.text,
    { id },
    { signal: call.signal },
  );
  const found = [
    { kind: 'SEGMENT', row: data?.segment ?? null },
    { kind: 'EXPORT', row: data?.export ?? null },
  ] as const;
  for (const { kind, row } of found) if (row !== null && (wanted ?? kind) === kind) return { kind, row };
  if (error !== null && error.code !== 'NOT_FOUND') throw error;
  throw new CommandError(`NOT_FOUND: There is no job ${id}.`, 2);
}

const cancelTexts = {
  SEGMENT: `mutation CancelSegmentJob($id: ID!) {
    result: cancelSegmentJob(id: $id) { value: segmentJob { ${segmentJobFields} } ${userErrorFields} }
  }`,
  EXPORT: `mutation CancelExportJob($id: ID!) {
    result: cancelExportJob(id: $id) { value: exportJob { ${exportJobFields} } ${userErrorFields} }
  }`,
} as const;

/** `cancel <id>` of one kind; with --wait until it has ended. */
export function cancelVerb(kind: JobKind): Verb {
  return changeVerb({
    usage: 'cancel <id>',
    description: 'Ask a job to stop.',
    options: followOptions,
    text: cancelTexts[kind],
    columns: jobColumns,
    after: afterCreation(kind, jobColumns),
  });
}

const cancels = { SEGMENT: cancelVerb('SEGMENT'), EXPORT: cancelVerb('EXPORT') } as const;

export const job: Noun = {
  name: 'job',
  description: 'Jobs of both kinds: evaluations of segments, and exports.',
  verbs: [
    listVerb({
      description: 'List jobs of both kinds, newest first.',
      options: [...jobFilterOptions, wordOption('--kind <kind>', 'of one kind', ['SEGMENT', 'EXPORT'])],
      text: `query ListJobs($first: Int!, $after: String, $kinds: [JobKind!], $filter: JobFilter) {
        result: jobs(first: $first, after: $after, kinds: $kinds, filter: $filter) {
          nodes { ${anyJobFields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns: jobColumns,
      variables: (call) => {
        const kind = text(call, 'kind');
        return { ...given({ kinds: kind === undefined ? undefined : [kind] }), filter: jobFilter(call) };
      },
    }),
    {
      usage: 'get <id>',
      description: 'Show one job.',
      options: [kindOption],
      documents: [find, { ...find, rows: 'export' }],
      run: showJob,
    },
    changeVerb({
      usage: 'create',
      description: 'Evaluate segments.',
      options: [
        listOption('--segment <id>', 'this segment; several times, or with commas'),
        new Option('--all', 'every segment of the sandbox'),
        ...followOptions,
      ],
      text: `mutation CreateSegmentJob($input: CreateSegmentJobInput!) {
        result: createSegmentJob(input: $input) { value: segmentJob { ${segmentJobFields} } ${userErrorFields} }
      }`,
      columns: jobColumns,
      variables: (call) => {
        const ids = texts(call, 'segment');
        if ((ids === undefined) === !flag(call, 'all'))
          throw new CommandError('Say --segment <id> or --all.', 2);
        return { input: { segments: ids === undefined ? { all: true } : { ids } } };
      },
      after: afterCreation('SEGMENT', jobColumns),
    }),
    {
      usage: 'cancel <id>',
      description: 'Ask a job to stop.',
      options: [kindOption, ...followOptions],
      documents: [...cancels.SEGMENT.documents, ...cancels.EXPORT.documents],
      run: async (call) => cancels[(await findJob(call)).kind].run(call),
    },
    {
      usage: 'watch <id>',
      description: 'Follow a job to its end; the exit code tells how it ended.',
      options: [kindOption, durationOption('--timeout <time>', 'no longer than 90s, 10m or 2h')],
      documents: [find],
      run: async (call) => followJob(call, { kind: (await findJob(call)).kind, id: argument(call) }),
    },
  ],
};

async function showJob(call: Call): Promise<ExitCode> {
  printRow(call, jobColumns, (await findJob(call)).row);
  return 0;
}
