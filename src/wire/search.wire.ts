/** Search among audiences that were made elsewhere. Source: `/data/core/ups/search`. */

export interface SearchStatusWire {
  message: string;
}

export interface SearchNamespacesWire {
  namespaces: { namespace: string; count: number }[];
  totalCount: number;
  status: SearchStatusWire;
}

export interface SearchEntityWire {
  id: string;
  base64EncodedSourceId: string;
  sourceId: string;
  isFolder: boolean;
  /** `""` for what lies in no folder. */
  parentFolderId: string;
  name: string;
  description: string;
}

export interface SearchEntitiesWire {
  entities: SearchEntityWire[];
  /** `pageOffset` counts pages from 0; there is one page at least, or aepp would never stop. */
  page: { totalCount: number; totalPages: number; pageOffset: number; pageSize: number };
  status: SearchStatusWire;
}

export interface SearchTaxonomyWire {
  taxonomy: Pick<SearchEntityWire, 'id' | 'base64EncodedSourceId' | 'name' | 'parentFolderId'>[];
  status: SearchStatusWire;
}
