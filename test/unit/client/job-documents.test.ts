import { buildSchema, parse, print, validate } from 'graphql';
import type { ResultOf } from '@graphql-typed-document-node/core';
import type { JobEvent, WatchedExportJob, WatchedSegmentJob } from '../../../src/client';
import { awaitDocument, watchDocuments } from '../../../src/client/job-documents';
import { graphql } from '../../generated';
import { readDocument } from '../../support/markdown';

/** The client's own document, where codegen sees it. */
const watch = graphql(`
  subscription WatchExportJob($id: ID!, $after: EventCursor) {
    event: exportJobChanged(id: $id, after: $after) {
      cursor
      type
      at
      replayed
      previousStatus
      job {
        ...WatchedJob
      }
    }
  }

  fragment WatchedJob on Job {
    __typename
    id
    kind
    status
    rawStatus
    isTerminal
    createdAt
    updatedAt
    progress {
      fraction
      basis
      elapsedMs
      estimatedEndAt
    }
    phases {
      name
      startedAt
      endedAt
      durationMs
    }
    errors {
      code
      message
      hint
    }
    requestId
    ... on SegmentJob {
      segmentIds
      totalProfiles
    }
    ... on ExportJob {
      datasetId
      exportedProfiles
    }
  }
`);

/** Codegen writes `field?: T | null` of what may be null; what is selected is there. */
type Whole<T> = T extends object ? { [Name in keyof T]-?: Whole<Exclude<T[Name], undefined>> } : T;
type Answered = Whole<ResultOf<typeof watch>['event']>;
type AnsweredJob = NonNullable<Answered['job']>;

/** Compiles only while what codegen reads out of the schema is what the client promises. */
const promised: {
  readonly event: (answered: Omit<Answered, 'job'>) => Omit<JobEvent, 'job'>;
  readonly segmentJob: (answered: Extract<AnsweredJob, { __typename: 'SegmentJob' }>) => WatchedSegmentJob;
  readonly exportJob: (answered: Extract<AnsweredJob, { __typename: 'ExportJob' }>) => WatchedExportJob;
} = {
  event: (answered) => answered,
  segmentJob: (answered) => answered,
  exportJob: (answered) => answered,
};

describe('the documents of the client', () => {
  const schema = buildSchema(readDocument('schema.graphql'));

  it.each([...Object.entries(watchDocuments), ['await', awaitDocument]])(
    'fit the schema: %s',
    (_name, text) => {
      expect(validate(schema, parse(text))).toEqual([]);
    },
  );

  it('answer what the types of the client say', () => {
    expect(print(parse(watchDocuments.EXPORT))).toBe(print(watch));
    expect(Object.keys(promised)).toEqual(['event', 'segmentJob', 'exportJob']);
  });
});
