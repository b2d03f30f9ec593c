/** Source: `/data/foundation/catalog`. Every answer, also of a single GET, is a map keyed by id (quirk N33). */
export interface DatasetWire {
  name: string;
  description?: string;
  imsOrg?: string;
  /** ms */
  created?: number;
  updated?: number;
  version?: string;
  schemaRef?: { id: string; contentType?: string };
  fileDescription?: Record<string, unknown>;
  tags?: Record<string, string[]>;
  viewId?: string;
  /** `@/dataSetFiles?dataSetId=…`; `@` stands for the root of Catalog. */
  files?: string;
  /** `dataBehavior`: record, time-series, adhoc. */
  classification?: { dataBehavior: string; managedBy: string };
  state?: string;
  createdClient?: string;
  createdUser?: string;
  updatedUser?: string;
  lastBatchId?: string;
  lastBatchStatus?: string;
  lastSuccessfulBatch?: string;
  lastFailedBatch?: string;
}

export interface DatasetBodyWire {
  name: string;
  description?: string;
  schemaRef?: { id: string; contentType?: string };
  fileDescription?: { persisted?: boolean; containerFormat?: string; format?: string };
  tags?: Record<string, string[]>;
}

export interface BatchWire {
  imsOrg?: string;
  /** `1.0.<changes>`, as the `E-Tag` has it. */
  version?: string;
  createdClient?: string;
  createdUser?: string;
  updatedUser?: string;
  externalId?: string;
  metrics?: Record<string, unknown>;
  /** loading, loaded, staging, success, failed, … in lower case, with synonyms (quirk S-7). */
  status: string;
  /** ms */
  created?: number;
  updated?: number;
  started?: number;
  completed?: number;
  relatedObjects?: { type: string; id: string; tag?: string }[];
  inputFormat?: { format?: string; isMultiLineJson?: boolean };
  recordCount?: number;
  failedRecordCount?: number;
  size?: number;
  /**
   * `contentHash`: ours alone, equal for batches of equal files and format. `duplicateOf`: the batch that brought the same
   * content at the same time, so that this one changed nothing.
   */
  tags?: Record<string, string[]>;
  errors?: { code: string; description: string; rows?: string[] }[];
}

/** Where `files` of a dataset leads. */
export interface DatasetFileWire {
  id: string;
  batchId: string;
  dataSetViewId: string;
  imsOrg?: string;
  version?: string;
  createdClient?: string;
  createdUser?: string;
  updatedUser?: string;
  /** ms */
  created?: number;
  updated?: number;
  records?: number;
  size?: number;
}

export type CatalogMapWire<T> = Record<string, T>;

export const unionProfileSchemaId = 'https://ns.adobe.com/xdm/context/profile__union';
export const profileSchemaId = 'https://ns.adobe.com/xdm/context/profile';
export const eventSchemaId = 'https://ns.adobe.com/xdm/context/experienceevent';
