import type { Logger } from 'pino';
import { isRecord } from '../lib/is-record';
import type { EndedOperation } from '../telemetry/metrics';
import type { Telemetry } from '../telemetry/telemetry';

/** How an operation ended. */
export interface OperationFacts extends Omit<EndedOperation, 'outcome'> {
  readonly errorCodes: readonly unknown[];
  readonly upstreamCalls: number;
}

/** One line an operation, and one count. Its name is the client's own text, so it is cut short, and counts nothing. */
export function noteOperation(
  { log, telemetry }: { readonly log: Logger; readonly telemetry: Telemetry },
  body: unknown,
  facts: OperationFacts,
): void {
  const { transport, type, durationMs, errorCodes, upstreamCalls } = facts;
  const [first] = errorCodes;
  const outcome =
    errorCodes.length === 0 ? 'ok' : typeof first === 'string' ? first : 'INTERNAL_SERVER_ERROR';
  telemetry.metrics.operationEnded({ transport, type, outcome, durationMs });
  const name = isRecord(body) ? body['operationName'] : undefined;
  log.info(
    {
      operation: typeof name === 'string' ? name.slice(0, 100) : null,
      type,
      transport,
      outcome,
      ms: Math.round(durationMs),
      upstreamCalls,
      errorCodes,
    },
    'operation',
  );
}
