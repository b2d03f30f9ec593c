/** Source: `/data/foundation/export`. Numbers and times are strings (quirk N35). */
export interface BatchFileWire {
  dataSetFileId: string;
  dataSetViewId?: string;
  version?: string;
  created?: string;
  updated?: string;
  records?: string;
  size?: string;
  isValid?: boolean;
  _links: { self: { href: string } };
}

export interface FileEntryWire {
  name: string;
  /** bytes */
  length: string;
  _links: { self: { href: string } };
}

export interface DataAccessListWire<T> {
  data: T[];
  /** `count` is the total. */
  _page: { limit: number; count: number };
  /** `next` is missing on the last page; `page` is a URI template for any page. */
  _links?: { next?: { href: string }; page?: { href: string; templated: boolean } };
}

/** GET /datasets/{id}/preview: the first 100 rows. */
export interface DatasetPreviewWire {
  data: readonly Readonly<Record<string, unknown>>[];
}
