import type { ChildrenPageWire, SandboxWire } from './common.wire';

/** Source: `/data/core/ups/config/schedules`. Times in seconds only. */
export interface ScheduleWire {
  id: string;
  name: string;
  /** batch_segmentation, export */
  type: string;
  properties: { segments?: string[] } | unknown[];
  /** Quartz cron, UTC. */
  schedule: string;
  /** `daily` or `weekly` where the cron says so. */
  frequency?: string;
  /** active, inactive */
  state: string;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  createEpoch: number;
  updateEpoch: number;
}

export type ScheduleListWire = ChildrenPageWire<ScheduleWire>;

export interface ScheduleBodyWire {
  name: string;
  type: string;
  properties: { segments?: string[] };
  schedule?: string;
  state?: string;
}

/** PATCH body: `/state` and `/schedule`, op `add` (an upsert; quirk M9) or `replace`. */
export type SchedulePatchWire = { op: string; path: string; value: string }[];
