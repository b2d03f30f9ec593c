import { InvalidRequest } from '../../errors/platform-error';

export interface ProfileIdentity {
  readonly namespace: string;
  readonly id: string;
}

/**
 * An identity as it is asked for: an id with its namespace, or an XID alone, which is base64url of `namespace:id`.
 * @throws InvalidRequest where there is no namespace and the id is no XID.
 */
export function readIdentity(
  entityId: string,
  namespace: string | undefined,
  names: { readonly id: string; readonly namespace: string },
): ProfileIdentity {
  if (namespace !== undefined) return { namespace, id: entityId };
  const text = /^[A-Za-z0-9_-]{1,2048}$/.test(entityId)
    ? Buffer.from(entityId, 'base64url').toString('utf8')
    : '';
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new InvalidRequest(`"${names.namespace}" must be there, unless "${names.id}" is an XID.`);
  return { namespace: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** The XID of an identity: base64url of `namespace:id`, the namespace in lower case. */
export function xidOf({ namespace, id }: ProfileIdentity): string {
  return Buffer.from(`${namespace.toLowerCase()}:${id}`).toString('base64url');
}
