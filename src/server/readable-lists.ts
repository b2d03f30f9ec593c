import {
  Kind,
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type {
  FieldNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import { UpstreamInvalidResponse } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import type { Connection } from '../schema/connection';
import { reportLeftOut } from './partial-errors';

/**
 * Lets the readable rest of a list answer. An Error in the place of a value is that value's error, and where the value is
 * non-null, its parent's; in a list of non-null items it would end the whole list, and with the lists of the contract the
 * whole answer. So what cannot be shown is left out of such a list, and told beside the answer with the list's path.
 *
 * An item is left out where it is an Error, or where a non-null field that was asked for is one. What a list could not be
 * read on for is told in the same way, with the connection's path; and so is why a connection cannot be read at all, which
 * is empty then, where it would take other things along: its parent, or the fields beside it.
 */
export function keepListsReadable(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (isListOfNonNull(field.type)) guard(field);
      if (isConnection(field.type)) {
        if (isNonNullType(field.type)) standEmpty(field);
        tellTroubles(field);
      }
    }
  }
}

function guard(field: GraphQLField<unknown, unknown>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  const itemType = getNamedType(field.type);
  field.resolve = (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    const suspects = isRecord(source) && source['suspects'] instanceof Set ? source['suspects'] : undefined;
    const keep = (list: unknown): unknown => {
      if (!Array.isArray(list)) return list;
      if (suspects === undefined && !list.some((item) => item instanceof Error)) return list;
      return readableItems(list, { itemType, suspects, context, info });
    };
    return value instanceof Promise ? value.then(keep) : keep(value);
  };
}

function isConnection(type: GraphQLOutputType): boolean {
  return getNamedType(type).name.endsWith('Connection');
}

function tellTroubles(field: GraphQLField<unknown, unknown>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const tell = (value: unknown): unknown => {
      const troubles: unknown = isRecord(value) ? value['troubles'] : undefined;
      if (Array.isArray(troubles))
        for (const trouble of troubles as readonly Error[]) reportLeftOut(context, info, trouble);
      return value;
    };
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(tell) : tell(value);
  };
}

/** Only an answer that cannot be read: of a list that could not be asked for, nothing is shown. */
function standEmpty(field: GraphQLField<unknown, unknown>): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (source, args, context, info): Promise<unknown> => {
    try {
      return await resolve(source, args, context, info);
    } catch (error) {
      if (!(error instanceof UpstreamInvalidResponse) || standsAlone(info)) throw error;
      return { ...emptyConnection, troubles: [error] };
    }
  };
}

const emptyConnection: Connection<never> = {
  edges: [],
  nodes: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: null,
};

/** True of the only field of an operation: nothing is lost beside it. */
function standsAlone({ path, operation, parentType, fragments }: GraphQLResolveInfo): boolean {
  if (path.prev !== undefined) return false;
  const nodes = fieldsOf(operation.selectionSet, parentType, { fragments });
  return nodes.every(({ alias, name }) => (alias ?? name).value === path.key);
}

interface ListInQuestion {
  readonly itemType: GraphQLNamedType;
  /** Nodes of a connection that hold an Error somewhere. */
  readonly suspects: ReadonlySet<unknown> | undefined;
  readonly context: unknown;
  readonly info: GraphQLResolveInfo;
}

async function readableItems(
  list: readonly unknown[],
  question: ListInQuestion,
): Promise<readonly unknown[]> {
  const errors = await Promise.all(list.map((item) => errorOfItem(item, question)));
  for (const [at, error] of errors.entries())
    if (error !== null) reportLeftOut(question.context, question.info, error, whichItem(list[at], at));
  return list.filter((_item, index) => errors[index] === null);
}

/** Where an item stood before others were left out, from 0, and its id where that can be read. */
function whichItem(item: unknown, at: number): string {
  const node = isRecord(item) && isRecord(item['node']) ? item['node'] : item;
  const id = isRecord(node) && !(node instanceof Error) ? (node['id'] ?? node['segmentId']) : null;
  const isReadable = typeof id === 'string' && /^[\w-]{1,64}$/.test(id);
  return ` (item ${String(at)}${isReadable ? `, id ${id}` : ''})`;
}

async function errorOfItem(
  item: unknown,
  { itemType, suspects, info }: ListInQuestion,
): Promise<Error | null> {
  if (item instanceof Error) return item;
  const isSuspect = suspects?.has(item) === true || (isRecord(item) && suspects?.has(item['node']) === true);
  if (!isSuspect) return null;
  const selections = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return errorOfObject(item, itemType, selections, info);
}

/** The error that would end an object: that of a non-null field which was asked for and cannot be read. */
async function errorOfObject(
  object: unknown,
  namedType: GraphQLNamedType,
  selections: readonly SelectionSetNode[],
  info: GraphQLResolveInfo,
): Promise<Error | null> {
  const type = await typeOf(object, namedType, info);
  if (type === null || !isRecord(object)) return null;
  const fields = type.getFields();
  for (const node of selections.flatMap((set) => fieldsOf(set, type, info))) {
    const field = fields[node.name.value];
    if (field === undefined || !isNonNullType(field.type)) continue;
    const error = await errorOfValue(valueOf(object, field), field.type, node, info);
    if (error !== null) return error;
  }
  return null;
}

async function errorOfValue(
  value: unknown,
  type: GraphQLOutputType,
  node: FieldNode,
  info: GraphQLResolveInfo,
): Promise<Error | null> {
  if (value instanceof Error) return value;
  // A list keeps its readable rest by itself.
  if (node.selectionSet === undefined || Array.isArray(value)) return null;
  return errorOfObject(value, getNamedType(type), [node.selectionSet], info);
}

/** What a field is read from: the object's own value, or the one that its resolver names as its source. */
function valueOf(object: Readonly<Record<string, unknown>>, field: GraphQLField<unknown, unknown>): unknown {
  const { readsFrom } = field.extensions;
  return object[typeof readsFrom === 'string' ? readsFrom : field.name];
}

function fieldsOf(
  set: SelectionSetNode,
  type: GraphQLObjectType,
  info: Pick<GraphQLResolveInfo, 'fragments'>,
): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    const condition = fragment?.typeCondition?.name.value;
    const isOfType =
      condition === undefined ||
      condition === type.name ||
      type.getInterfaces().some(({ name }) => name === condition);
    return fragment === undefined || !isOfType ? [] : fieldsOf(fragment.selectionSet, type, info);
  });
}

/** The type of an object; of an interface the one that the object says it is. */
async function typeOf(
  value: unknown,
  type: GraphQLNamedType,
  info: GraphQLResolveInfo,
): Promise<GraphQLObjectType | null> {
  if (isObjectType(type)) return type;
  if (!isInterfaceType(type)) return null;
  const name: unknown = await type.resolveType?.(value, undefined, info, type);
  const resolved = typeof name === 'string' ? info.schema.getType(name) : undefined;
  return isObjectType(resolved) ? resolved : null;
}

function isListOfNonNull(type: GraphQLOutputType): boolean {
  const list = getNullableType(type);
  return isListType(list) && isNonNullType(list.ofType);
}
