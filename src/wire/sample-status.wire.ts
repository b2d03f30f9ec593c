/** What the sample behind previews is. Source: `/data/core/ups/previewsamplestatus`; numbers come as text (quirk N32). */
export interface SampleStatusWire {
  numRowsToRead: string;
  totalRows: string;
  docCount: string;
  totalFragmentCount: number;
  /** Share of the profiles that are read, 0 to 1. */
  samplingRatio: number;
  status: string;
  mergeStrategy: string;
  sampleJobRunning: { status: boolean; submissionTimestamp: string };
  streamingDriven: string;
  /** Empty before anything was imported, as are the two that follow. */
  lastBatchId: string;
  lastSuccessfulBatchTimestamp: string;
  /** `2020-08-01 17:57:57.0`, UTC. */
  lastSampledTimestamp: string;
}

export interface SampleShareWire {
  sampleCount: number;
  /** Of the sample, 0 to 100. */
  samplePercentage: number;
  fullIDsCount: number;
  fullIDsPercentage: number;
  /** Id of the dataset, or number of the namespace. */
  value: string;
  reportTimestamp: string;
}

export interface SampleReportWire<Row> {
  data: Row;
  reportTimestamp: string;
}

export type DatasetShareWire = SampleShareWire & {
  name: string;
  description?: string;
  streamingIngestionEnabled: string;
};

export type NamespaceShareWire = SampleShareWire & { code: string };
