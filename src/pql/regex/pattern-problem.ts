/** Why a pattern is none; caught where reading a pattern began, never seen outside of this room. */
export class PatternProblem extends Error {}

/** Gives up on a pattern, in words that end a sentence beginning with "The pattern". */
export function refuse(problem: string): never {
  throw new PatternProblem(problem);
}
