/** Previews and estimates. Source: contract §8. */

/** Open set: NEW, RUNNING, RESULT_READY, FAILED are known. */
export type PreviewStateWire = string;

/** 201 of POST /preview. */
export interface NewPreviewWire {
  state: PreviewStateWire;
  previewQueryId: string;
  previewQueryStatus: PreviewStateWire;
  /** Opaque; the estimate has the same. */
  previewId: string;
  previewExecutionId: number;
}

/** GET /preview/{id}; `results` is empty until RESULT_READY. Keys of an element are XIDs (quirk N27). */
export interface PreviewWire {
  state: PreviewStateWire;
  results: Record<string, PreviewProfileWire>[];
  /** Empty texts where there is no such page. */
  links: { _self: string; next: string; prev: string };
  page: { offset: number; size: number };
}

export interface PreviewProfileWire {
  _href: string;
  /** By XID. */
  endCustomerIds: Record<string, { _href: string }>;
}

/** GET /estimate/{previewId}. All counts are profiles. */
export interface EstimateWire {
  state: PreviewStateWire;
  estimatedSize?: number;
  /** Of the sample. */
  numRowsToRead?: number;
  /** Of the store. */
  totalRows?: number;
  profilesReadSoFar?: number;
  profilesMatchedSoFar?: number;
  /** `namespaceId` is Adobe's number of a standard namespace as text, else its code. */
  estimatedNamespaceDistribution?: { namespaceId: string; profilesMatchedSoFar: number }[];
  standardError?: number;
  /** `"95%"`. */
  confidenceInterval?: string;
  error?: { description: string; traceback: string };
  _links?: { preview: string };
}
