import { getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import type { Transport } from '../telemetry/metrics';
import type { Tracing } from '../telemetry/tracing';
import { run, subscribe } from './pipeline';

type Args = ExecutionArgs & { readonly contextValue?: unknown };

/** How the operations of streams are executed: as `graphql` does, within a trace of their own. */
export function createTracedExecution(tracing: Tracing): {
  execute(args: Args, transport: Transport): Promise<ExecutionResult>;
  subscribe(
    args: Args,
    transport: Transport,
  ): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
} {
  if (!tracing.isOn) return { execute: (args) => run(args), subscribe: (args) => subscribe(args) };
  return {
    execute: (args, transport) => tracing.span(specOf(args.document, transport), () => run(args)),
    subscribe: (args, transport) =>
      tracing.span(specOf(args.document, transport), (span) =>
        subscribe(args, (event) =>
          // The span has ended when the first event comes; the events' own still belong to it.
          tracing.within(span, () => tracing.span({ name: 'event', kind: 'internal' }, event)),
        ),
      ),
  };
}

function specOf(document: DocumentNode, transport: Transport): Parameters<Tracing['span']>[0] {
  const type = getOperationAST(document)?.operation ?? 'operation';
  return { name: `${transport} ${type}`, kind: 'server' };
}
