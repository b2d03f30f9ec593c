import { graphql } from '../generated';

/** The operations of the road, typed by codegen from schema.graphql: what a client of ours would write. */
export const createSegment = graphql(`
  mutation RoadCreateSegment($input: CreateSegmentInput!) {
    createSegment(input: $input) {
      segment {
        id
        name
      }
      userErrors {
        code
        message
        field
        diagnostics {
          code
          message
          from
          to
          line
          column
          suggestion
        }
      }
    }
  }
`);

export const updateSegment = graphql(`
  mutation RoadUpdateSegment($input: UpdateSegmentInput!) {
    updateSegment(input: $input) {
      segment {
        id
        expression {
          text
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const createSegmentJob = graphql(`
  mutation RoadCreateSegmentJob($input: CreateSegmentJobInput!) {
    createSegmentJob(input: $input) {
      segmentJob {
        id
        status
      }
      timedOut
      userErrors {
        code
        message
      }
    }
  }
`);

export const cancelSegmentJob = graphql(`
  mutation RoadCancelSegmentJob($id: ID!) {
    cancelSegmentJob(id: $id) {
      segmentJob {
        id
        status
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const watchSegmentJob = graphql(`
  subscription RoadWatchSegmentJob($id: ID!) {
    segmentJobChanged(id: $id) {
      type
      cursor
      previousStatus
      job {
        status
        isTerminal
        progress {
          fraction
        }
        ... on SegmentJob {
          totalProfiles
          results {
            segment {
              name
            }
            size
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
    }
  }
`);

export const createExportJob = graphql(`
  mutation RoadCreateExportJob($input: CreateExportJobInput!) {
    createExportJob(input: $input) {
      exportJob {
        id
        status
        dataset {
          id
          name
          isUnion
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const watchExportJob = graphql(`
  subscription RoadWatchExportJob($id: ID!) {
    exportJobChanged(id: $id) {
      type
      job {
        status
        errors {
          code
          message
        }
      }
    }
  }
`);

export const exportedFiles = graphql(`
  query RoadExportedFiles($id: ID!) {
    exportJob(id: $id) {
      status
      exportedProfiles
      batches {
        batchId
        batch {
          status
          recordCount
          files {
            name
            sizeBytes
            downloadUrl
            rows(first: 2)
          }
        }
      }
    }
  }
`);

export const jobsWithSegments = graphql(`
  query RoadJobsWithSegments($first: Int) {
    segmentJobs(first: $first) {
      totalCount
      nodes {
        id
        segments {
          id
          name
        }
      }
    }
  }
`);
