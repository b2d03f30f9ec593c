import type { Field, Generator, Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/**
 * Paths of all attributes that a rule reads, sorted: those of events begin with `xEvent.`, those of items with the path
 * of their list.
 */
export function attributesOf(rule: Typed): readonly string[] {
  const found = new Set<string>();
  const listPaths = new Map<number, string>();
  const visitGenerator = (generator: Generator): void => {
    const { source, item } = generator;
    if (source.kind === 'list' && source.list.kind === 'field')
      listPaths.set(item, pathOf(source.list, listPaths));
  };
  const visit = (node: Typed): void => {
    if ('generators' in node) node.generators.forEach(visitGenerator);
    if (node.kind === 'field') found.add(pathOf(node, listPaths));
    if (node.kind === 'dynamic' && node.path !== null) found.add(node.path);
    childrenOf(node).forEach(visit);
  };
  visit(rule);
  found.delete('');
  return [...found].sort();
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
