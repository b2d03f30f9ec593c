/** One step of the road from a rule to a file, as a tab of GraphiQL shows it. */
export interface FirstOperation {
  readonly title: string;
  readonly document: string;
  /** JSON. Ids that an earlier step gives stand there as words to be replaced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The whole road in order, in words that can be run as they are against the demonstration data: what Sandbox opens
 * with, what GraphiQL has as tabs, what the README shows and what the end-to-end test walks.
 */
export const firstOperations = [
  {
    title: '1 · A rule becomes a segment',
    document: `mutation CreateSegment($input: CreateSegmentInput!) {
  createSegment(input: $input) {
    segment {
      id
      name
      expression {
        text
      }
      evaluation
    }
    userErrors {
      code
      message
      hint
      diagnostics {
        message
        line
        column
        suggestion
      }
    }
  }
}`,
    variables: {
      input: {
        name: 'French shoppers',
        description: 'Live in France and bought at least twice',
        expression: {
          text: 'homeAddress.countryCode = "FR" and xEvent[eventType = "commerce.purchases"].count() >= 2',
        },
      },
    },
  },
  {
    title: '2 · Evaluate it',
    document: `mutation EvaluateSegment($input: CreateSegmentJobInput!) {
  createSegmentJob(input: $input) {
    segmentJob {
      id
      status
    }
    userErrors {
      code
      message
    }
  }
}`,
    variables: { input: { segments: { ids: ['SEGMENT_ID'] } } },
  },
  {
    title: '3 · Watch the job',
    document: `subscription WatchSegmentJob($id: ID!) {
  segmentJobChanged(id: $id) {
    type
    previousStatus
    job {
      status
      progress {
        fraction
        basis
        estimatedEndAt
      }
      ... on SegmentJob {
        results {
          segment {
            name
          }
          size
          byStatus {
            status
            count
          }
        }
      }
    }
  }
}`,
    variables: { id: 'SEGMENT_JOB_ID' },
  },
  {
    title: '4 · See the audience',
    document: `query Audiences {
  segments(first: 20) {
    nodes {
      id
      name
      audience {
        size
        at
        byNamespace {
          namespace
          count
        }
        byStatus {
          status
          count
        }
      }
    }
  }
}`,
    variables: {},
  },
  {
    title: '5 · Export its members',
    document: `mutation ExportAudience($input: CreateExportJobInput!) {
  createExportJob(input: $input) {
    exportJob {
      id
      status
      dataset {
        id
        name
      }
    }
    userErrors {
      code
      message
      hint
    }
  }
}`,
    variables: {
      input: {
        destination: { newDatasetName: 'French shoppers' },
        segments: [{ segmentId: 'SEGMENT_ID' }],
        fields: ['person.name', 'personalEmail.address', 'homeAddress'],
      },
    },
  },
  {
    title: '6 · Watch the export',
    document: `subscription WatchExportJob($id: ID!) {
  exportJobChanged(id: $id) {
    type
    job {
      status
      progress {
        fraction
      }
      ... on ExportJob {
        exportedProfiles
        batches {
          batchId
        }
      }
    }
  }
}`,
    variables: { id: 'EXPORT_JOB_ID' },
  },
  {
    title: '7 · Get the files',
    document: `query ExportedFiles($id: ID!) {
  exportJob(id: $id) {
    exportedProfiles
    batches {
      batch {
        id
        status
        recordCount
        files {
          name
          sizeBytes
          downloadUrl
          rows(first: 3)
        }
      }
    }
  }
}`,
    variables: { id: 'EXPORT_JOB_ID' },
  },
] as const satisfies readonly FirstOperation[];
