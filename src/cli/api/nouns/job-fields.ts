const common = `id kind status rawStatus isTerminal createdAt updatedAt requestId
  progress { fraction basis elapsedMs estimatedEndAt }
  phases { name startedAt endedAt durationMs }
  errors { code message hint }`;
const ofSegment = 'segmentIds allSegments totalProfiles';
const ofExport = 'datasetId exportedProfiles fields schemaName segmentPerBatch';

/** What is asked of a SegmentJob. */
export const segmentJobFields = `${common} ${ofSegment}`;
/** What is asked of an ExportJob. */
export const exportJobFields = `${common} ${ofExport}`;
/** What is asked of a Job of either kind. */
export const anyJobFields = `__typename ${common} ... on SegmentJob { ${ofSegment} } ... on ExportJob { ${ofExport} }`;
