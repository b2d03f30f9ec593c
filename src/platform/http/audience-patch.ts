import type { AudienceOperation } from '../../wire/audience.request';
import { InvalidRequest } from '../../errors/platform-error';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a body becomes by JSON Patch; `add` means upsert (quirk M9). Only members of objects are reached, lists are set
 * whole.
 * @throws InvalidRequest for a path that leads through what is no object, or to nothing that could be removed.
 */
export function patchBody(body: Json, operations: readonly AudienceOperation[]): Json {
  return operations.reduce((changed, { op, path, value }) => {
    const names = path.slice(1).split('/').map(unescapePointer);
    return setAt(changed, names, op === 'remove' ? undefined : { value }, path);
  }, body);
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function setAt(
  parent: Json,
  [name = '', ...further]: readonly string[],
  to: { readonly value: unknown } | undefined,
  path: string,
): Json {
  const inner = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (further.length > 0) {
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (!isObject) throw fault(path, 'leads through what is no object');
    return { ...parent, [name]: setAt(inner as Json, further, to, path) };
  }
  if (to !== undefined) return { ...parent, [name]: to.value };
  if (inner === undefined) throw fault(path, 'names nothing that could be removed');
  return Object.fromEntries(Object.entries(parent).filter(([other]) => other !== name));
}

function fault(path: string, what: string): InvalidRequest {
  return new InvalidRequest('The body of the request is wrong.', [
    { path: 'path', message: `${path} ${what}` },
  ]);
}
