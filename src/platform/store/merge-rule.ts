import type { MergePolicy, MergeRule } from '../records';

/** What holds where no merge policy does: nobody is stitched, and the newest value of each attribute counts. */
export const plainRule: MergeRule = {
  identityGraph: 'none',
  attributeMerge: { type: 'timestampOrdered' },
};

/** What a policy means. */
export function ruleOf({ identityGraph, attributeMerge }: MergePolicy): MergeRule {
  return { identityGraph, attributeMerge };
}

/** A text that is equal for rules of equal meaning; it names their generation in the metadata. */
export function mergeRuleKey({ identityGraph, attributeMerge }: MergeRule): string {
  const { type, order = [] } = attributeMerge;
  return JSON.stringify([identityGraph, type, ...(type === 'dataSetPrecedence' ? order : [])]);
}
