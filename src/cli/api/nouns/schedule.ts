import { Option } from 'commander';
import { changeVerb, deleteVerb, getVerb, listVerb } from '../common-verbs';
import {
  argument,
  countOption,
  flag,
  given,
  listOption,
  number,
  text,
  textOption,
  texts,
  wordOption,
} from '../options';
import type { Column, Noun } from '../verb';
import { userErrorFields } from './user-error-fields';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'NAME', path: 'name' },
  { title: 'TYPE', path: 'type' },
  { title: 'STATE', path: 'state' },
  { title: 'CRON', path: 'cron' },
  { title: 'NEXT', path: 'nextRuns' },
];
const fields = 'id name type state cron description allSegments nextRuns(first: 1) createdAt updatedAt';
const stateOption = wordOption('--state <state>', 'whether it fires', ['ACTIVE', 'INACTIVE']);

export const schedule: Noun = {
  name: 'schedule',
  description: 'Schedules of evaluations and exports.',
  verbs: [
    listVerb({
      description: 'List schedules.',
      text: `query ListSchedules($first: Int!, $after: String) {
        result: schedules(first: $first, after: $after) {
          nodes { ${fields} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      columns,
    }),
    getVerb({
      description: 'Show one schedule.',
      text: `query GetSchedule($id: ID!) { result: schedule(id: $id) { ${fields} } }`,
      columns: [...columns, { title: 'MEANS', path: 'description' }],
    }),
    changeVerb({
      usage: 'create',
      description: 'Make a schedule; it is INACTIVE unless told otherwise.',
      options: [
        textOption('--name <name>', 'its name').makeOptionMandatory(),
        textOption('--cron <cron>', 'Quartz cron, UTC, e.g. "0 0 1 * * ?"').makeOptionMandatory(),
        wordOption('--type <type>', 'what it starts', ['BATCH_SEGMENTATION', 'EXPORT']),
        listOption('--segment <id>', 'this segment; several times, or with commas'),
        new Option('--all', 'every segment of the sandbox'),
        stateOption,
      ],
      text: `mutation CreateSchedule($input: CreateScheduleInput!) {
        result: createSchedule(input: $input) { value: schedule { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: (call) => {
        const ids = texts(call, 'segment');
        const segments = ids === undefined ? (flag(call, 'all') ? { all: true } : undefined) : { ids };
        const type = text(call, 'type');
        const state = text(call, 'state');
        return {
          input: given({ name: text(call, 'name'), cron: text(call, 'cron'), type, segments, state }),
        };
      },
    }),
    changeVerb({
      usage: 'update <id>',
      description: 'Change its state or its cron.',
      options: [stateOption, textOption('--cron <cron>', 'Quartz cron, UTC')],
      text: `mutation UpdateSchedule($input: UpdateScheduleInput!) {
        result: updateSchedule(input: $input) { value: schedule { ${fields} } ${userErrorFields} }
      }`,
      columns,
      variables: (call) => ({
        input: given({ id: argument(call), state: text(call, 'state'), cron: text(call, 'cron') }),
      }),
    }),
    deleteVerb({
      description: 'Delete a schedule.',
      text: `mutation DeleteSchedule($id: ID!) { result: deleteSchedule(id: $id) { value: deletedId ${userErrorFields} } }`,
    }),
    getVerb({
      usage: 'explain <cron>',
      description: 'Say in words when a cron fires; the exit code tells whether it is one.',
      options: [countOption('--count <n>', 'so many next times (default: 5)')],
      text: `query ExplainCron($cron: String!, $first: Int!) {
        result: explainCron(cron: $cron, first: $first) { valid description nextRuns atMostDaily problems }
      }`,
      columns: [
        { title: 'VALID', path: 'valid' },
        { title: 'MEANS', path: 'description' },
        { title: 'NEXT', path: 'nextRuns' },
        { title: 'DAILY AT MOST', path: 'atMostDaily' },
        { title: 'PROBLEMS', path: 'problems' },
      ],
      variables: (call) => ({ cron: argument(call), first: number(call, 'count') ?? 5 }),
      exitCode: (row) => (row['valid'] === true ? 0 : 2),
    }),
  ],
};
