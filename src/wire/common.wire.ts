/** Shapes that several REST families share. Source: contract of Adobe's segmentation APIs, "Authentication and headers". */

/** `^[A-Za-z0-9]{1,64}@AdobeOrg$` */
export const orgIdPattern = /^[A-Za-z0-9]{1,64}@AdobeOrg$/;
/** `^[a-z0-9-]{1,64}$` */
export const sandboxNamePattern = /^[a-z0-9-]{1,64}$/;
/** Adobe's own examples hold non-hex "UUIDs" (quirk T6), so an id is only checked for harmless characters. */
export const idPattern = /^[A-Za-z0-9-]{1,64}$/;

export interface SandboxWire {
  sandboxId: string;
  sandboxName: string;
  type: 'production' | 'development';
  default: boolean;
}

export interface SchemaRefWire {
  name?: string;
  id?: string;
}

/** While running only `startTimeInMs` is there. */
export interface TimeSpanWire {
  startTimeInMs?: number;
  endTimeInMs?: number;
  totalTimeInMs?: number;
}

/** Error family F: an error inside a job's body. `code` is a string with leading zeros (quirk T2). */
export interface JobErrorWire {
  code?: string;
  msg?: string;
  callStack?: string;
}

export interface MergePolicyRefWire {
  id: string;
  version?: number;
}

/** 207; ids that are unknown are absent. */
export interface BulkGetAnswerWire<T> {
  results: Record<string, T>;
}

/** `_page` and `_links` of segment jobs and schedules; `_links.next` is `{}` on the last page. */
export interface ChildrenPageWire<T> {
  _page: { totalCount: number; pageSize: number; next?: string };
  children: T[];
  _links: { next: { href?: string } };
}
