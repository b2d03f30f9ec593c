/** People who have rows in just these datasets. */
export interface DatasetOverlap {
  /** Sorted. */
  readonly datasetIds: readonly string[];
  readonly people: number;
  /** Of them, those in the sample. */
  readonly sampled: number;
}

export interface ProfileEntity {
  readonly xid: string;
  /** Nested XDM with identityMap and segmentMembership. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly lastModifiedAt: number;
}
