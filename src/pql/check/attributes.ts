import type { Field, Generator, Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/**
 * Paths of all attributes that a rule reads, sorted: those of events begin with `xEvent.`, those of items with the path
 * of their list.
 *
 * @param others what the rule names beside its test; after it, since items are known by their list.
 */
export function attributesOf(rule: Typed, others: readonly Typed[] = []): readonly string[] {
  const found = new Set<string>();
  const listPaths = new Map<number, string>();
  const unnamed = new Set<number>();
  const visitGenerator = (generator: Generator): void => {
    const { source, item } = generator;
    if (source.kind !== 'list') return;
    const { list } = source;
    if (list.kind === 'field') listPaths.set(item, pathOf(list, listPaths));
    // What is read of the entries of a map, or of groups, is not told apart from the whole of it.
    if (list.kind === 'entries' || list.kind === 'groups') unnamed.add(item);
  };
  const visit = (node: Typed): void => {
    if ('generators' in node) node.generators.forEach(visitGenerator);
    if (node.kind === 'field' && !isOf(node, unnamed)) found.add(pathOf(node, listPaths));
    if (node.kind === 'dynamic' && node.path !== null) found.add(node.path);
    childrenOf(node).forEach(visit);
  };
  [rule, ...others].forEach(visit);
  found.delete('');
  return [...found].sort();
}

function isOf({ owner }: Field, items: ReadonlySet<number>): boolean {
  return owner.kind === 'item' && items.has(owner.item);
}

function pathOf(field: Field, listPaths: ReadonlyMap<number, string>): string {
  const parts = field.path === '' ? [] : [field.path];
  switch (field.owner.kind) {
    case 'profile':
      return field.path;
    case 'event':
      return ['xEvent', ...parts].join('.');
    case 'item':
      return [listPaths.get(field.owner.item) ?? '', ...parts].filter((part) => part !== '').join('.');
  }
}
