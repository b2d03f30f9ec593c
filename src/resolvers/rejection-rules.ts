import type { UserErrorCode } from '../schema/user-error.type';

/** What a mutation is about. */
export type Subject =
  | 'segment'
  | 'segment-deletion'
  | 'preview'
  | 'segment-job'
  | 'export-job'
  | 'schedule'
  | 'audience-template'
  | 'dataset';

export interface RejectionRule {
  /** HTTP status of the refusal; any where left out. */
  readonly status?: number;
  /** What its code, title or messages say; anything where left out. */
  readonly words?: RegExp;
  readonly code: UserErrorCode;
  /** Said instead of the upstream's words, where those do not help. */
  readonly message?: string;
  /** Said where the upstream's words cannot be shown. */
  readonly untold: string;
  readonly field?: readonly string[];
  readonly hint: string;
}

const leanedOn: RejectionRule = {
  words: /(used|referenced|needed) by|depend/i,
  code: 'CONFLICT',
  untold: 'Something else leans on this segment.',
  hint: 'Change or delete what leans on this segment first.',
};

const quota: RejectionRule = {
  words: /quota|too many jobs|limit of .* reached/i,
  code: 'QUOTA_EXCEEDED',
  untold: 'A quota of the upstream is used up.',
  hint: 'Wait until running jobs have ended, or ask for a higher limit.',
};

/**
 * How a refusal is read, the first rule that fits: Adobe publishes no code for most of these, so their words have to
 * do. What no rule knows is UPSTREAM_REJECTED. They read what was heard: the plain words, never shown where others stand
 * among them.
 */
export const rejectionRules: Readonly<Record<Subject, readonly RejectionRule[]>> = {
  segment: [
    {
      // Quirk M15: 422 is a duplicate.
      status: 422,
      code: 'NAME_TAKEN',
      untold: 'Another one has this name already.',
      field: ['input', 'name'],
      hint: 'Choose another name, or change the segment that has it with updateSegment.',
    },
    {
      words: /name .*(taken|in use|exists)|already (exists|has the name)|duplicate/i,
      code: 'NAME_TAKEN',
      untold: 'Another one has this name already.',
      field: ['input', 'name'],
      hint: 'Choose another name, or change the segment that has it with updateSegment.',
    },
    leanedOn,
  ],
  // No name is sent, so no refusal is about one.
  'segment-deletion': [leanedOn],
  preview: [quota],
  'segment-job': [quota],
  'export-job': [
    {
      words: /union|dataset on the schema/i,
      code: 'DATASET_NOT_UNION',
      untold: 'The dataset is not based on the union schema.',
      message: 'The dataset is not based on the union schema, so profiles cannot be exported to it.',
      field: ['input', 'destination', 'datasetId'],
      hint: 'Make one with createDataset, or export with destination: { newDatasetName }.',
    },
    {
      words: /(not|never) (yet )?(been )?evaluated/i,
      code: 'SEGMENT_NOT_EVALUATED',
      untold: 'A segment of this export has never been evaluated.',
      field: ['input', 'segments'],
      hint: 'Run createSegmentJob first, or set evaluateFirst: true.',
    },
    quota,
  ],
  schedule: [
    {
      words: /once (a|per) day|24 hours|too (often|frequent)|more than once/i,
      code: 'SCHEDULE_TOO_FREQUENT',
      untold: 'The schedule would fire too often.',
      field: ['input', 'cron'],
      hint: 'Let it fire at most once in 24 hours, e.g. "0 0 1 * * ?".',
    },
    {
      words: /merge polic/i,
      code: 'MERGE_POLICY_LIMIT',
      untold: 'There are too many merge policies for scheduled evaluation.',
      hint: 'Scheduled evaluation takes at most 5 merge policies in the sandbox.',
    },
    {
      words: /can be \d+ schedule|(only|at most|already|has|limit).* schedule|schedule.* (limit|already)/i,
      code: 'SCHEDULE_LIMIT',
      untold: 'There are as many schedules already as there may be.',
      hint: 'Change the schedule that is there with updateSchedule, or delete it first.',
    },
  ],
  'audience-template': [
    {
      status: 400,
      code: 'TEMPLATE_INVALID',
      untold: 'The upstream does not take the template.',
      field: ['input'],
      hint: 'Mend the named part and send the whole template again.',
    },
    {
      status: 422,
      code: 'TEMPLATE_INVALID',
      untold: 'The upstream does not take the template.',
      field: ['input'],
      hint: 'Mend the named part and send the whole template again.',
    },
  ],
  dataset: [
    {
      words: /name .*(taken|in use|exists)|already exists|duplicate/i,
      code: 'NAME_TAKEN',
      untold: 'Another one has this name already.',
      field: ['name'],
      hint: 'Choose another name.',
    },
  ],
};
