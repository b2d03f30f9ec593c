import { getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import type { Transport } from '../telemetry/metrics';
import type { Tracing } from '../telemetry/tracing';
import { run, subscribe } from './pipeline';
import type { EachEvent, EventStream } from './pipeline';

/** How the operations of streams are executed: as `graphql` does, within a trace of their own. */
export function createTracedExecution(tracing: Tracing): {
  execute(args: ExecutionArgs, transport: Transport): Promise<ExecutionResult>;
  subscribe(
    args: ExecutionArgs,
    transport: Transport,
    each: EachEvent,
  ): Promise<ExecutionResult | EventStream>;
} {
  if (!tracing.isOn)
    return { execute: (args) => run(args), subscribe: (args, _transport, each) => subscribe(args, each) };
  return {
    execute: (args, transport) => tracing.span(specOf(args.document, transport), () => run(args)),
    subscribe: (args, transport, each) =>
      tracing.span(specOf(args.document, transport), (span) =>
        subscribe(args, (event, execute) =>
          each(event, (context) =>
            // The span has ended when the first event comes; the events' own still belong to it.
            tracing.within(span, () =>
              tracing.span({ name: 'event', kind: 'internal' }, () => execute(context)),
            ),
          ),
        ),
      ),
  };
}

function specOf(document: DocumentNode, transport: Transport): Parameters<Tracing['span']>[0] {
  const type = getOperationAST(document)?.operation ?? 'operation';
  return { name: `${transport} ${type}`, kind: 'server' };
}
