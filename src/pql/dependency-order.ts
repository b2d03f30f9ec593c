/** Definitions so that each comes after those it names, or the names that lead from one back to itself. */
export type DependencyOrder =
  | { readonly kind: 'order'; readonly order: readonly string[] }
  | { readonly kind: 'circle'; readonly circle: readonly string[] };

/**
 * The order in which rules that name each other (`inSegment`) can be evaluated.
 *
 * Names that are no key of the map are taken as known already: they are in no order, and part of no circle.
 * @param rules the names that each definition names.
 * @returns every key once, after all it names; or a circle: each names the next, the last the first.
 */
export function dependencyOrder(rules: ReadonlyMap<string, readonly string[]>): DependencyOrder {
  const done = new Set<string>();
  for (const start of rules.keys()) {
    const circle = visit(start, rules, done);
    if (circle !== null) return { kind: 'circle', circle };
  }
  return { kind: 'order', order: [...done] };
}

interface Step {
  readonly id: string;
  readonly names: Iterator<string>;
}

/** Depth first with a stack of its own: chains of definitions may be long. Answers a circle where it finds one. */
function visit(
  start: string,
  rules: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): readonly string[] | null {
  const stepTo = (id: string): Step => ({ id, names: (rules.get(id) ?? []).values() });
  const path: Step[] = done.has(start) ? [] : [stepTo(start)];
  const open = new Set(path.map(({ id }) => id));
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const next = step.names.next();
    if (next.done === true) {
      done.add(step.id);
      open.delete(step.id);
      path.pop();
    } else if (open.has(next.value)) {
      return path.slice(path.findIndex(({ id }) => id === next.value)).map(({ id }) => id);
    } else if (rules.has(next.value) && !done.has(next.value)) {
      open.add(next.value);
      path.push(stepTo(next.value));
    }
  }
  return null;
}
