import { noMetrics } from './metrics';
import type { Metrics } from './metrics';
import { noTracing } from './tracing';
import type { Tracing } from './tracing';

/** Where the gateway tells what it does. */
export interface Telemetry {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

export const noTelemetry: Telemetry = { metrics: noMetrics, tracing: noTracing };
