/** One step of the road from a rule to a file, as a tab of GraphiQL shows it. */
export interface FirstOperation {
  readonly title: string;
  /** Needs no variables. Ids that an earlier step gives stand in it as words to be replaced: `SEGMENT_ID` and the like. */
  readonly document: string;
}

/**
 * The whole road in order, in words that can be run as they are against the demonstration data: what Sandbox opens
 * with, what GraphiQL has as tabs, what the README shows and what the end-to-end test walks.
 */
export const firstOperations = [
  {
    title: '1 · A rule becomes a segment',
    document: `mutation CreateSegment {
  createSegment(
    input: {
      name: "French shoppers"
      description: "Live in France and bought at least twice"
      expression: {
        text: """
        homeAddress.countryCode = "FR"
        and xEvent[eventType = "commerce.purchases"].count() >= 2
        """
      }
    }
  ) {
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
  },
  {
    title: '2 · Evaluate it',
    document: `mutation EvaluateSegment {
  createSegmentJob(input: { segments: { ids: ["SEGMENT_ID"] } }) {
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
  },
  {
    title: '3 · Watch the job',
    document: `subscription WatchSegmentJob {
  segmentJobChanged(id: "SEGMENT_JOB_ID") {
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
  },
  {
    title: '5 · Export its members',
    document: `mutation ExportAudience {
  createExportJob(
    input: {
      destination: { newDatasetName: "French shoppers" }
      segments: [{ segmentId: "SEGMENT_ID" }]
      fields: ["person.name", "personalEmail.address", "homeAddress"]
    }
  ) {
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
  },
  {
    title: '6 · Watch the export',
    document: `subscription WatchExportJob {
  exportJobChanged(id: "EXPORT_JOB_ID") {
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
  },
  {
    title: '7 · Get the files',
    document: `query ExportedFiles {
  exportJob(id: "EXPORT_JOB_ID") {
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
  },
] as const satisfies readonly FirstOperation[];
