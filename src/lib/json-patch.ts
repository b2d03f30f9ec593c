import { isRecord } from './is-record';

/** One operation of JSON Patch, RFC 6902. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string | undefined;
  readonly value?: unknown;
}

export type Patched =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

class CannotPatch extends Error {}

/**
 * Does all operations in order on a copy of a JSON value, or none of them. Source: RFC 6902; paths are RFC 6901.
 * @returns `problem`, in words that name the operation by its place, where one cannot be done.
 */
export function applyJsonPatch(value: unknown, operations: readonly PatchOperation[]): Patched {
  // A member that holds the root makes the root a place like any other.
  const holder: { root: unknown } = { root: structuredClone(value) };
  for (const [index, operation] of operations.entries()) {
    try {
      apply(holder, operation);
    } catch (error) {
      if (!(error instanceof CannotPatch)) throw error;
      return {
        ok: false,
        problem: `operation ${index} (${operation.op} ${operation.path}): ${error.message}`,
      };
    }
  }
  return { ok: true, value: holder.root };
}

type Holder = Record<string, unknown> | unknown[];

interface Place {
  readonly holder: Holder;
  readonly name: string;
}

function apply(root: { root: unknown }, { op, path, from, value }: PatchOperation): void {
  const place = find(root, path);
  switch (op) {
    case 'add':
      add(place, structuredClone(value));
      return;
    case 'remove':
      take(place);
      return;
    case 'replace':
      take(place);
      add(place, structuredClone(value));
      return;
    case 'copy':
      add(place, structuredClone(read(find(root, from))));
      return;
    case 'move': {
      if (from !== undefined && path.startsWith(`${from}/`))
        throw new CannotPatch('nothing can be moved into itself');
      const moved = take(find(root, from));
      add(find(root, path), moved);
      return;
    }
    case 'test':
      if (!isEqual(read(place), value)) throw new CannotPatch('the value there is another one');
      return;
    default:
      throw new CannotPatch('there is no such operation');
  }
}

function find(root: { root: unknown }, path: string | undefined): Place {
  if (path === undefined || (path !== '' && !path.startsWith('/')))
    throw new CannotPatch('a path starts with "/"');
  const names = path === '' ? [] : path.slice(1).split('/').map(unescaped);
  let place: Place = { holder: root, name: 'root' };
  for (const name of names) {
    const holder = read(place);
    if (!Array.isArray(holder) && !isRecord(holder)) throw new CannotPatch('nothing there can hold it');
    place = { holder: holder as Holder, name };
  }
  return place;
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

function read({ holder, name }: Place): unknown {
  if (Array.isArray(holder)) return holder[indexOf(name, holder.length - 1)];
  if (!Object.hasOwn(holder, name)) throw new CannotPatch('there is nothing there');
  return holder[name];
}

function add({ holder, name }: Place, value: unknown): void {
  if (Array.isArray(holder))
    holder.splice(name === '-' ? holder.length : indexOf(name, holder.length), 0, value);
  else define(holder, name, value);
}

/** An own property even of `__proto__`. */
function define(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function take(place: Place): unknown {
  const value = read(place);
  const { holder, name } = place;
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else Reflect.deleteProperty(holder, name);
  return value;
}

function indexOf(name: string, most: number): number {
  const index = /^(?:0|[1-9]\d{0,8})$/u.test(name) ? Number(name) : Infinity;
  if (index <= most) return index;
  throw new CannotPatch('the list has no such place');
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isRecord(a)) return a === b;
  const names = Object.keys(a);
  return (
    isRecord(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  );
}
