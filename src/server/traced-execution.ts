import { getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import type { Tracing } from '../telemetry/tracing';
import { run, subscribe } from './pipeline';

type Args = ExecutionArgs & { readonly contextValue?: unknown };

/** How the operations of sockets are executed: as `graphql` does, within a trace of their own. */
export function createTracedExecution(tracing: Tracing): {
  execute(args: Args): Promise<ExecutionResult>;
  subscribe(args: Args): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
} {
  if (!tracing.isOn) return { execute: run, subscribe: (args) => subscribe(args) };
  return {
    execute: (args) => tracing.span(specOf(args.document), () => run(args)),
    subscribe: (args) =>
      tracing.span(specOf(args.document), (span) =>
        subscribe(args, (event) =>
          // The span has ended when the first event comes; the events' own still belong to it.
          tracing.within(span, () => tracing.span({ name: 'event', kind: 'internal' }, event)),
        ),
      ),
  };
}

function specOf(document: DocumentNode): Parameters<Tracing['span']>[0] {
  const type = getOperationAST(document)?.operation ?? 'operation';
  return { name: `websocket ${type}`, kind: 'server' };
}
