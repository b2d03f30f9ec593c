import { graphql } from '../generated';

/** The operations that the tests of real clients run: what a frontend would write. */
export const listSegments = graphql(`
  query ClientSegments($first: Int!, $after: String, $filter: SegmentFilter) {
    segments(first: $first, after: $after, filter: $filter, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const oneSegment = graphql(`
  query ClientSegment($id: ID!) {
    segment(id: $id) {
      id
      name
    }
  }
`);

export const makeSegment = graphql(`
  mutation ClientCreateSegment($input: CreateSegmentInput!) {
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
          message
          from
          to
        }
      }
    }
  }
`);

export const startSegmentJob = graphql(`
  mutation ClientStartJob($input: CreateSegmentJobInput!) {
    createSegmentJob(input: $input) {
      segmentJob {
        id
        status
        isTerminal
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const listJobs = graphql(`
  query ClientJobs($first: Int!, $after: String) {
    jobs(first: $first, after: $after) {
      nodes {
        id
        kind
        status
        progress {
          fraction
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const watchSegmentJobAfter = graphql(`
  subscription ClientWatchJob($id: ID!, $after: EventCursor) {
    segmentJobChanged(id: $id, after: $after) {
      cursor
      type
      replayed
      job {
        id
        status
        isTerminal
        progress {
          fraction
        }
      }
    }
  }
`);

export const watchNothing = graphql(`
  subscription ClientWatchNothing {
    segmentJobChanged(id: "b31aed3d-b3b1-4613-98c6-000000000000") {
      type
    }
  }
`);

export const removeSegment = graphql(`
  mutation ClientDeleteSegment($id: ID!) {
    deleteSegment(id: $id) {
      deletedId
      userErrors {
        message
      }
    }
  }
`);
