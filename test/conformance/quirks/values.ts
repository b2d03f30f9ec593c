import { readExample } from '../../fixtures/adobe/examples';
import { bare, definition, definitionForms, exportForms, exportOf, jobForms, json } from './quirk';
import type { Quirk, SeenForm } from './quirk';

const createdForms = (forms: Readonly<Record<string, unknown>>, createdAt: string | null): SeenForm[] =>
  definitionForms(
    Object.fromEntries(
      Object.entries(forms).map(([form, time]) => [form, { ...definition, creationTime: time }]),
    ),
    'createdAt',
    { createdAt },
  );

/** §2: identifiers and types; §3: times. */
export const values: Readonly<Record<string, Quirk>> = {
  T1: [
    {
      form: 'a number, asked for as one',
      replies: { 'GET /export/jobs/24115': json(exportOf({ id: 24115 })) },
      asks: '{ exportJob(id: "24115") { id } }',
      sees: { exportJob: { id: '24115' } },
      sends: { call: 'GET /export/jobs/24115' },
    },
    {
      form: 'beyond 2^53',
      replies: {
        'GET /export/jobs/9007199254740993': bare(
          200,
          JSON.stringify(exportOf({ id: 0 })).replace('"id":0', '"id":9007199254740993'),
        ),
      },
      asks: '{ exportJob(id: "9007199254740993") { id } }',
      sees: { exportJob: { id: '9007199254740993' } },
    },
    ...jobForms({ 'a UUID': { id: '80388706-29fa-40d3-81cf-a297d0224ad9' } }, 'id', {
      id: '80388706-29fa-40d3-81cf-a297d0224ad9',
    }),
  ],
  T2: ['0090000009', 'unknown', '8.0000018E7'].flatMap((code) =>
    exportForms(
      { [code]: { errors: [{ code, msg: 'Failed.', callStack: 'at x' }] } },
      'errors { code message }',
      {
        errors: [{ code, message: 'Failed.' }],
      },
    ),
  ),
  T3: exportForms(
    { 'a number': { errors: [{ code: 404, msg: 'm' }] }, 'a text': { errors: [{ code: '404', msg: 'm' }] } },
    'errors { code }',
    { errors: [{ code: '404' }] },
  ),
  T4: exportForms(
    { 'on a job that has succeeded': { errors: [{ code: '0100000003', msg: 'Error in Export Job' }] } },
    'status errors { message }',
    { status: 'SUCCEEDED', errors: [{ message: 'Error in Export Job' }] },
  ),
  T5: [
    {
      form: 'FAILED in the answer to a create',
      replies: { 'POST /export/jobs': json(readExample('create-segment-17-export-job')) },
      asks: 'mutation { createExportJob(input: { allProfiles: true, destination: { datasetId: "d" } }) { exportJob { status isTerminal } userErrors { code } } }',
      sees: { createExportJob: { exportJob: { status: 'FAILED', isTerminal: true }, userErrors: [] } },
    },
  ],
  T6: [
    {
      form: 'letters that are not hexadecimal',
      replies: {
        'GET /segment/definitions/54a20f19-9a0w-293a-9b82-409b1p3v0192': json({
          ...definition,
          id: '54a20f19-9a0w-293a-9b82-409b1p3v0192',
        }),
      },
      asks: '{ segment(id: "54a20f19-9a0w-293a-9b82-409b1p3v0192") { id } }',
      sees: { segment: { id: '54a20f19-9a0w-293a-9b82-409b1p3v0192' } },
    },
  ],
  T7: [
    ...definitionForms(
      { 'a number': { ...definition, version: 1 }, 'a text': { ...definition, version: '1' } },
      'version',
      { version: 1 },
    ),
    ...definitionForms({ Latest: { ...definition, version: 'Latest' }, absent: definition }, 'version', {
      version: null,
    }),
  ],
  D1: [
    ...createdForms({ ms: 1_568_267_948_123 }, '2019-09-12T05:59:08.123Z'),
    ...createdForms({ s: 1_568_267_948 }, '2019-09-12T05:59:08.000Z'),
    {
      form: 'both on one object',
      replies: {
        'GET /segment/definitions/s1': json({
          ...definition,
          creationTime: 1_568_267_948_000,
          updateEpoch: 1_568_267_949,
        }),
      },
      asks: '{ segment(id: "s1") { createdAt updatedAt } }',
      sees: { segment: { createdAt: '2019-09-12T05:59:08.000Z', updatedAt: '2019-09-12T05:59:09.000Z' } },
    },
    {
      form: 'seconds of a schedule',
      replies: { 'GET /config/schedules/c1': json({ ...schedule(), createEpoch: 1_568_267_948 }) },
      asks: '{ schedule(id: "c1") { createdAt } }',
      sees: { schedule: { createdAt: '2019-09-12T05:59:08.000Z' } },
    },
  ],
  D2: createdForms(
    { microseconds: 1_642_745_034_000_000, seconds: 1_642_745_034, ms: 1_642_745_034_000 },
    '2022-01-21T06:03:54.000Z',
  ),
  D3: createdForms({ '0': 0, nothing: undefined, null: null, empty: '' }, null),
  D4: [
    ...createdForms(
      {
        Z: '2018-01-01T00:00:00Z',
        '+00:00': '2018-01-01T00:00:00+00:00',
        '-07:00': '2017-12-31T17:00:00-07:00',
        'a space': '2018-01-01 00:00:00+00:00',
        'no zone, tenths': '2018-01-01 00:00:00.0',
        microseconds: '2018-01-01T00:00:00.000226Z',
        'no zone': '2018-01-01T00:00:00.000',
        'a day': '2018-01-01',
      },
      '2018-01-01T00:00:00.000Z',
    ),
  ],
  D5: jobForms(
    {
      'a text': { creationTime: '2018-03-20T08:24:07.200Z' },
      'a number': { creationTime: 1_521_534_247_200 },
    },
    'createdAt',
    { createdAt: '2018-03-20T08:24:07.200Z' },
  ),
  D6: exportForms(
    {
      'a start of 1973, an update long after the end, no end of the second phase': {
        updateTime: 1_700_000_000_000,
        metrics: {
          totalTime: { startTimeInMs: 123_456_789_000, endTimeInMs: 123_456_799_000, totalTimeInMs: 10_000 },
          profileExportTime: {
            startTimeInMs: 123_456_789_000,
            endTimeInMs: 123_456_799_000,
            totalTimeInMs: 10_000,
          },
          aCPDatasetWriteTime: { startTimeInMs: 123_456_799_000 },
        },
      },
    },
    'updatedAt progress { elapsedMs } phases { name startedAt endedAt durationMs }',
    {
      updatedAt: '2023-11-14T22:13:20.000Z',
      progress: { elapsedMs: '10000' },
      phases: [
        { name: 'profileExport', startedAt: '1973-11-29T21:33:09.000Z', durationMs: '10000' },
        { name: 'datasetWrite', endedAt: null, durationMs: null },
      ],
    },
  ),
  D7: {
    why: 'The gateway asks for profiles, not for their events, so it sends no time filter; the platform takes ms.',
    file: 'test/contract/profile-entities.contract.ts',
    says: 'startTime',
  },
  D8: {
    why: 'It concerns tokens, not the API: whatever the unit, a client sees when its token ends.',
    file: 'test/unit/server/caller.test.ts',
    says: 'takes the end of its token from the token',
  },
  D9: [
    {
      form: 'five fields',
      replies: {},
      asks: '{ explainCron(cron: "0 0 1 * *") { valid nextRuns } }',
      sees: { explainCron: { valid: false, nextRuns: [] } },
    },
    {
      form: 'six of them',
      replies: {},
      asks: '{ explainCron(cron: "0 0 2 * * ?") { valid description atMostDaily } }',
      sees: { explainCron: { valid: true, description: 'At 02:00', atMostDaily: true } },
    },
  ],
};

function schedule(): Record<string, unknown> {
  return { ...(readExample('evaluate-segment-02-schedule') as object), id: 'c1' };
}
