import type { Query } from './ast';
import { dependencyOrder } from './dependency-order';
import type { PqlDiagnostic } from './diagnostics';
import { Reporter } from './reporter';
import type { Span } from './source';

export interface SegmentReference {
  readonly id: string;
  /** Of the id, quotes included. */
  readonly span: Span;
}

/** The segments that a rule names through `inSegment`, in the order of the text, as often as it does. */
export function segmentReferences(query: Query): readonly SegmentReference[] {
  const found: SegmentReference[] = [];
  // Without recursion, and over whatever nodes there are: only calls are of interest.
  const open: unknown[] = [query];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const reference = referenceOf(next);
    if (reference !== undefined) found.push(reference);
    for (const inner of Object.values(next)) if (inner !== null && inner !== undefined) open.push(inner);
  }
  return found.sort((one, other) => one.span.from - other.span.from);
}

function referenceOf(node: object): SegmentReference | undefined {
  if (!('kind' in node) || node.kind !== 'call' || !('name' in node) || node.name !== 'inSegment') {
    return undefined;
  }
  const { args } = node as Extract<Query['body'], { readonly kind: 'call' }>;
  const [id] = args;
  return id?.kind === 'literal' && id.type === 'string' ? { id: id.value, span: id.span } : undefined;
}

export interface RuleToSave {
  readonly text: string;
  readonly query: Query;
  /** The definition whose rule it becomes. */
  readonly id: string;
  readonly name: string;
  /** The definitions that it leans on, and those that these lean on, by id. */
  readonly others: ReadonlyMap<string, { readonly name: string; readonly segmentIds: readonly string[] }>;
  /** Ids that were meant, by what was written for them; such as the id of a segment whose name was written. */
  readonly meant: ReadonlyMap<string, string>;
}

/**
 * What forbids a rule to be saved for the segments that it names: one that is not there, or a way back to itself. A rule
 * that leans on nothing has no faults.
 */
export function findReferenceFaults(rule: RuleToSave): readonly PqlDiagnostic[] {
  const reporter = new Reporter(rule.text);
  const references = segmentReferences(rule.query);
  const said = new Set<string>();
  for (const { id, span } of references) {
    const isNews = !said.has(id) && id !== rule.id && !rule.others.has(id);
    said.add(id);
    if (isNews) reporter.error('unknown-segment', span, { id, suggestion: rule.meant.get(id) });
  }
  const circle = circleOf(rule, references);
  const [, next = rule.id] = circle;
  const entry = references.find(({ id }) => id === next) ?? references[0];
  if (circle.length > 0 && entry !== undefined) {
    const names = [...circle, circle[0] ?? rule.id].map((id) => nameOf(id, rule));
    reporter.error('segment-circle', entry.span, { names });
  }
  return reporter.diagnostics;
}

/** The ids of a circle, beginning with the rule's own where it is part of it; none where there is none. */
function circleOf(rule: RuleToSave, references: readonly SegmentReference[]): readonly string[] {
  const named = new Map([...rule.others].map(([id, { segmentIds }]) => [id, segmentIds]));
  named.delete(rule.id);
  const own = references.map(({ id }): string => id);
  // First of all, so that the circle is found from here.
  const sorted = dependencyOrder(new Map([[rule.id, own], ...named]));
  if (sorted.kind === 'order') return [];
  const at = Math.max(0, sorted.circle.indexOf(rule.id));
  return [...sorted.circle.slice(at), ...sorted.circle.slice(0, at)];
}

function nameOf(id: string, { id: own, name, others }: RuleToSave): string {
  const known = id === own ? name : others.get(id)?.name;
  return known === undefined ? id : `${known} (${id})`;
}
