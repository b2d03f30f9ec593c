import { GraphQLError, Kind, getNamedType, getNullableType, isCompositeType, isListType } from 'graphql';
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  SelectionSetNode,
  ValidationContext,
  ValidationRule,
} from 'graphql';

/** How many a list without `first` is taken to hold. */
const assumedListSize = 5;
const defaultPageSize = 20;
/** A row of a file costs as much as an object, though it is a scalar: it is read and unpacked from the upstream's file. */
const costOfRow = 1;
/** What a `first` is taken to be that stands in a variable, whose value is not known here. */
const largestPageSize = 100;

/**
 * Refuses documents that could make the upstream work for too long, before anything runs.
 *
 * The cost of a document is the number of objects that it may load: each object field costs 1, times the page size
 * (`first`) of each connection around it and 5 for each list around it that has no pages. Each row of a file (a scalar in
 * pages) costs 1. Other scalars cost nothing; neither does introspection.
 */
export function costLimitRule(maxCost: number): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation);
      const cost = root ? costOfSelection(createCounter(context), operation.selectionSet, root) : 0;
      if (cost <= maxCost) return;
      context.reportError(
        new GraphQLError(
          `The operation may load more than ${maxCost} objects. Ask for smaller pages (first), or for less within them.`,
          { nodes: operation, extensions: { code: 'QUERY_TOO_COMPLEX' } },
        ),
      );
    },
  });
}

interface Counter {
  readonly context: ValidationContext;
  /** Each fragment is counted once; one within itself, which another rule refuses, counts nothing there. */
  readonly byFragment: Map<FragmentDefinitionNode, number>;
}

function createCounter(context: ValidationContext): Counter {
  return { context, byFragment: new Map() };
}

function costOfSelection(counter: Counter, set: SelectionSetNode, type: GraphQLCompositeType): number {
  let cost = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) cost += costOfField(counter, selection, type);
    else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(counter, selection.name.value);
    else {
      const on = selection.typeCondition ? typeNamed(counter, selection.typeCondition.name.value) : type;
      cost += on === null ? 0 : costOfSelection(counter, selection.selectionSet, on);
    }
  }
  return cost;
}

function costOfField(counter: Counter, node: FieldNode, parent: GraphQLCompositeType): number {
  const field = fieldOf(parent, node.name.value);
  const type = field && getNamedType(field.type);
  if (field === undefined) return 0;
  const pageSize = pageSizeOf(field, node);
  if (!isCompositeType(type)) return costOfRow * (pageSize ?? 0);
  if (node.selectionSet === undefined) return 0;
  const inside = costOfSelection(counter, node.selectionSet, type);
  if (pageSize !== null) return 1 + pageSize * inside;
  // The lists of a connection are its page, which has been counted with it.
  const isPlainList = isListType(getNullableType(field.type)) && !parent.name.endsWith('Connection');
  return (isPlainList ? assumedListSize : 1) * (1 + inside);
}

function costOfFragment(counter: Counter, name: string): number {
  const fragment = counter.context.getFragment(name);
  if (!fragment) return 0;
  const known = counter.byFragment.get(fragment);
  if (known !== undefined) return known;
  counter.byFragment.set(fragment, 0);
  const type = typeNamed(counter, fragment.typeCondition.name.value);
  const cost = type === null ? 0 : costOfSelection(counter, fragment.selectionSet, type);
  counter.byFragment.set(fragment, cost);
  return cost;
}

/** Null for a field without pages; a router's list of representations is a page of its own. */
function pageSizeOf(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
  const asked = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
  if (asked !== undefined) return asked.kind === Kind.LIST ? asked.values.length : largestPageSize;
  if (!field.args.some(({ name }) => name === 'first')) return null;
  const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (given?.kind === Kind.INT) return Math.max(0, Number(given.value));
  return given?.kind === Kind.VARIABLE ? largestPageSize : defaultPageSize;
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return 'getFields' in parent ? parent.getFields()[name] : undefined;
}

function typeNamed({ context }: Counter, name: string): GraphQLCompositeType | null {
  const type = context.getSchema().getType(name);
  return isCompositeType(type) ? type : null;
}
