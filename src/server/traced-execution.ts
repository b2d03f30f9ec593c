import { getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import type { Transport } from '../telemetry/metrics';
import type { Tracing } from '../telemetry/tracing';
import { run, subscribe } from './pipeline';

/** Executes one event of a subscription. */
export type RunEvent = (args: ExecutionArgs) => Promise<ExecutionResult>;

/** A subscription that has begun; each of its events is executed by `runEvent`, where it came from in one trace. */
interface Subscribed {
  readonly events: AsyncIterable<unknown>;
  readonly runEvent: RunEvent;
}

/** How the operations of streams are executed: as `graphql` does, within a trace of their own. */
export function createTracedExecution(tracing: Tracing): {
  execute(args: ExecutionArgs, transport: Transport): Promise<ExecutionResult>;
  subscribe(args: ExecutionArgs, transport: Transport): Promise<ExecutionResult | Subscribed>;
} {
  if (!tracing.isOn)
    return {
      execute: (args) => run(args),
      subscribe: async (args) => toSubscribed(await subscribe(args), run),
    };
  return {
    execute: (args, transport) => tracing.span(specOf(args.document, transport), () => run(args)),
    subscribe: (args, transport) =>
      tracing.span(specOf(args.document, transport), async (span) =>
        // The span has ended when the first event comes; the events' own still belong to it.
        toSubscribed(await subscribe(args), (event) =>
          tracing.within(span, () => tracing.span({ name: 'event', kind: 'internal' }, () => run(event))),
        ),
      ),
  };
}

function toSubscribed(
  events: ExecutionResult | AsyncIterable<unknown>,
  runEvent: RunEvent,
): ExecutionResult | Subscribed {
  return Symbol.asyncIterator in events ? { events, runEvent } : events;
}

function specOf(document: DocumentNode, transport: Transport): Parameters<Tracing['span']>[0] {
  const type = getOperationAST(document)?.operation ?? 'operation';
  return { name: `${transport} ${type}`, kind: 'server' };
}
