import type { GetTarget } from './target';

/** What a test may need that not every target has, each with the reason for which it is left out there. */
export const needs = {
  people:
    'it counts the people of test/contract/data.ts, which only the embedded platform takes in by batch ingestion on a bare class',
  sandboxes: 'it works in sandboxes that come to be when they are named, as the embedded platform’s do',
  tokens: 'tokens are issued by another host',
  orgs: 'one token opens several orgs on the embedded platform only',
  health: '/healthz and /readyz are the embedded platform’s own',
  masks: 'that written secrets come back masked is the embedded platform’s own',
} as const;

export type Need = keyof typeof needs;

/** What the target does not have; nothing is lacking in the embedded platform. */
export type Lacks = ReadonlySet<Need>;

/** Tests of one part of the contract, as a function of a target. */
export type Contract = (target: GetTarget, lacks: Lacks) => void;

/** Jest's `test`; where the target lacks what it needs, one that is reported as skipped, with the reason in its name. */
export function testNeeding(need: Need, lacks: Lacks): (name: string, run: () => Promise<void>) => void {
  return (name, run) => {
    if (lacks.has(need)) test.skip(leftOut(name, need), run);
    else test(name, run);
  };
}

/** The same of a whole part. */
export function describeNeeding(need: Need | null, lacks: Lacks, name: string, run: () => void): void {
  if (need !== null && lacks.has(need)) describe.skip(leftOut(name, need), run);
  else describe(name, run);
}

function leftOut(name: string, need: Need): string {
  return `${name} (left out: ${needs[need]})`;
}
