import type { Choices } from './choices';
import type { Domain } from './domain';
import type { Kind, Place, RuleScope } from './rule-scope';
import { sourcesIn } from './rule-scope';

/** How deep below the top of a rule something stands, and what can be named there. */
export interface Spot {
  readonly scope: RuleScope;
  /** How many more levels there may be. */
  readonly depth: number;
}

/** An expression whose value is a list, and what its items are. It can be followed by a dot or brackets. */
export interface Listing {
  readonly text: string;
  readonly items: Domain;
}

/** What the parts of the generator ask of each other. */
export interface RuleWriter {
  readonly choices: Choices;
  /** Segments that a rule may lean on. */
  readonly segmentIds: readonly string[];
  /** Something that is true or false. */
  test(spot: Spot): string;
  /** A value of a kind; with `many` it may be a list of such values. Brackets stand around it where it needs them. */
  value(kind: Kind, spot: Spot, many: boolean): string;
  /** A list of objects. */
  objects(spot: Spot): Listing;
}

export function deeper({ scope, depth }: Spot, inner: RuleScope = scope): Spot {
  return { scope: inner, depth: depth - 1 };
}

/** A place that is wanted, from a source that has one; the innermost source more often than others. */
export function somePlace(
  choices: Choices,
  scope: RuleScope,
  isWanted: (place: Place) => boolean,
): Place | undefined {
  const sources = sourcesIn(scope)
    .map((places) => places.filter(isWanted))
    .filter((places) => places.length > 0);
  const inner = sources[Math.min(scope.frames.length, sources.length) - 1];
  if (inner === undefined) return undefined;
  return choices.one(choices.oneIn(2) ? inner : choices.one(sources));
}
