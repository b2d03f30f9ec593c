import { runInThisContext } from 'node:vm';

type Listener = (error: unknown) => void;

/** The true one: the test runner gives tests a process of their own, which hears of no rejection. */
const trueProcess = runInThisContext('process') as NodeJS.Process;
const event = 'unhandledRejection';
const listeners = new Set<Listener>();
/** Those of the test runner, which rest meanwhile. */
let resting: readonly NodeJS.UnhandledRejectionListener[] = [];

function tell(error: unknown): void {
  for (const listener of listeners) listener(error);
}

/** One listener of the process for all histories that live at a time: each of them is told. @returns what ends it. */
export function onUnhandledRejection(listener: Listener): () => void {
  if (listeners.size === 0) {
    resting = trueProcess.listeners(event);
    trueProcess.removeAllListeners(event);
    trueProcess.on(event, tell);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    trueProcess.removeAllListeners(event);
    for (const each of resting) trueProcess.on(event, each);
  };
}
