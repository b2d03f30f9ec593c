import { readExample } from '../fixtures/adobe/examples';
import type { AnswerExample } from '../fixtures/adobe/examples';
import type { Reply } from '../support/fake-upstream';

/** An answer of Adobe's as an upstream gives it, and what a client of the gateway sees of it. */
export interface AnswerCase {
  /** What the upstream answers, by method and path, e.g. `GET /export/jobs/100`; anything else is a 404. */
  readonly serves: (example: unknown) => Readonly<Record<string, Reply>>;
  /** A GraphQL operation. */
  readonly asks: string;
  /** The data of its answer, in part. */
  readonly sees: object;
}

const job = 'id kind status rawStatus isTerminal createdAt updatedAt requestId';
const course = 'progress { fraction basis elapsedMs } phases { name startedAt endedAt durationMs }';
const exportJobFields = `${job} ${course} errors { code message } schemaName datasetId segmentPerBatch
  batches { batchId segment { segmentId namespace statuses } }
  fields filter { segments { segmentId namespace statuses } qualifiedFrom qualifiedTo ingestedAfter emptyProfiles }
  events { fields ingestedFrom ingestedTo } exportedProfiles byNamespace { namespace count }`;
const segmentJobFields = `${job} ${course} errors { code message } allSegments segmentIds totalProfiles
  results { segment { id name expression { format text } } size byNamespace { namespace count } }`;

/** Looks a job up that Adobe's answer tells of. */
export function exportJob(id: string, sees: object, of = (example: unknown): unknown => example): AnswerCase {
  return {
    serves: (example) => ({ [`GET /export/jobs/${id}`]: { json: of(example) } }),
    asks: `{ exportJob(id: "${id}") { ${exportJobFields} } }`,
    sees: { exportJob: { id, kind: 'EXPORT', ...sees } },
  };
}

/** Starts one, and is answered as Adobe does. */
export function newExportJob(sees: object): AnswerCase {
  const input =
    '{ segments: [{ segmentId: "one" }], destination: { datasetId: "5b7c86968f7b6501e21ba9df" } }';
  return {
    serves: (example) => ({ 'POST /export/jobs': { json: example } }),
    asks: `mutation { createExportJob(input: ${input}) {
      exportJob { ${exportJobFields} } timedOut userErrors { code } } }`,
    sees: { createExportJob: { exportJob: { kind: 'EXPORT', ...sees }, timedOut: false, userErrors: [] } },
  };
}

/** A part of a page that shows a destination only, in the job that the same page shows whole. */
export function destinationOf(whole: AnswerExample, id: string, sees: object): AnswerCase {
  return exportJob(id, sees, (part) => ({ ...(readExample(whole) as object), ...(part as object) }));
}

/** A page of the list, and that Adobe's link says there are more. */
export function exportJobs(nodes: readonly object[]): AnswerCase {
  return {
    serves: (example) => ({ 'GET /export/jobs': { json: example } }),
    asks: `{ exportJobs(first: 2) { nodes { ${exportJobFields} } pageInfo { hasNextPage hasPreviousPage } totalCount } }`,
    sees: {
      exportJobs: { nodes, pageInfo: { hasNextPage: true, hasPreviousPage: false }, totalCount: null },
    },
  };
}

export function newSegmentJob(sees: object): AnswerCase {
  return {
    serves: (example) => ({ 'POST /segment/jobs': { json: example } }),
    asks: `mutation { createSegmentJob(input: { segments: { ids: ["42f49f2d-edb0-474f-b29d-2799d89cd5a6"] } }) {
      segmentJob { ${segmentJobFields} } userErrors { code } } }`,
    sees: { createSegmentJob: { segmentJob: { kind: 'SEGMENT', ...sees }, userErrors: [] } },
  };
}

export function segmentJob(id: string, sees: object): AnswerCase {
  return {
    serves: (example) => ({ [`GET /segment/jobs/${id}`]: { json: example } }),
    asks: `{ segmentJob(id: "${id}") { ${segmentJobFields} } }`,
    sees: { segmentJob: { id, kind: 'SEGMENT', ...sees } },
  };
}

/** The reference that Catalog answers with leads to the dataset, whichever way it is spelt. */
export const newDataset: AnswerCase = {
  serves: (example) => ({
    'POST /catalog/dataSets': { status: 201, json: example },
    'GET /catalog/dataSets/5b020a27e7040801dedba61b': {
      json: { '5b020a27e7040801dedba61b': { name: 'Segment Export', created: 1_558_522_305_708 } },
    },
  }),
  asks: 'mutation { createDataset(name: "Segment Export") { dataset { id name createdAt } userErrors { code } } }',
  sees: {
    createDataset: {
      dataset: {
        id: '5b020a27e7040801dedba61b',
        name: 'Segment Export',
        createdAt: '2019-05-22T10:51:45.708Z',
      },
      userErrors: [],
    },
  },
};

/** The words of a cancelling; Adobe shows them with 204, which carries none, and elsewhere with 200. */
export const cancelledExport: AnswerCase = {
  serves: (example) => ({
    'GET /export/jobs/100': { json: readExample('export-jobs-03-export-job') },
    'DELETE /export/jobs/100': { json: example },
  }),
  asks: 'mutation { cancelExportJob(id: "100") { exportJob { id status } userErrors { code } } }',
  sees: { cancelExportJob: { exportJob: { id: '100', status: 'NEW' }, userErrors: [] } },
};
