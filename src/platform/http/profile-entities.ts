import type { FastifyInstance } from 'fastify';
import { InvalidRequest } from '../../errors/platform-error';
import type { ProfileEntity } from '../store/platform-store';
import { plainRule, ruleOf } from '../store/merge-rule';
import type { HttpServices } from './http-services';
import { findMergePolicy } from './merge-policies';
import { wrong } from './query';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';
import { profileSchemaName } from './tenant-body';

const path = '/data/core/ups/access/entities';

interface EntityBody {
  readonly entityId: string;
  /** Absent where there is no policy at all. */
  readonly mergePolicy?: { readonly id: string };
  readonly sources: readonly string[];
  readonly entity: Readonly<Record<string, unknown>>;
  readonly lastModifiedAt: string;
}

/** `/access/entities`: one merged profile by an identity. Source: contract §10.1. */
export function addProfileEntities(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => read(call, services) });
}

async function read(
  { tenant, query }: Call,
  { store }: HttpServices,
): Promise<Readonly<Record<string, EntityBody>>> {
  // `withCA` asks for computed attributes, of which there are none here.
  query.allowOnly(['schema.name', 'entityId', 'entityIdNS', 'fields', 'mergePolicyId', 'withCA']);
  const schemaName = query.text('schema.name');
  if (schemaName === undefined) throw wrong('schema.name', 'must be there');
  if (schemaName !== profileSchemaName)
    throw wrong('schema.name', `must be ${profileSchemaName}; other entities cannot be read here`);
  const identity = readIdentity(query.text('entityId'), query.text('entityIdNS'));
  const mergePolicy = await findMergePolicy(store, tenant, query.text('mergePolicyId'));
  const mergeRule = mergePolicy === undefined ? plainRule : ruleOf(mergePolicy);
  const profile = await (await store.profileData(tenant)).profileByIdentity(identity, mergeRule);
  if (profile === undefined) {
    throw new Refusal({
      status: 404,
      code: 'RESOURCE_NOT_FOUND',
      message: 'There is no profile with this identity.',
    });
  }
  const fields = query.text('fields');
  // Of several people that the graph has joined, the one that was asked for names the answer.
  const xid = mergeRule.identityGraph === 'pdg' ? xidOf(identity) : profile.xid;
  const parts = { xid, mergePolicyId: mergePolicy?.id, fields: fields?.split(',') };
  return { [xid]: entityBody(profile, parts) };
}

/** Without a namespace the id is an XID: base64url of `namespace:id`. */
function readIdentity(
  entityId: string | undefined,
  namespace: string | undefined,
): { readonly namespace: string; readonly id: string } {
  if (entityId === undefined) throw wrong('entityId', 'must be there');
  if (namespace !== undefined) return { namespace, id: entityId };
  const text = /^[A-Za-z0-9_-]{1,512}$/.test(entityId)
    ? Buffer.from(entityId, 'base64url').toString('utf8')
    : '';
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new InvalidRequest('The query parameter "entityIdNS" must be there, unless "entityId" is an XID.');
  return { namespace: text.slice(0, colon), id: text.slice(colon + 1) };
}

function xidOf({ namespace, id }: { readonly namespace: string; readonly id: string }): string {
  return Buffer.from(`${namespace.toLowerCase()}:${id}`).toString('base64url');
}

interface EntityParts {
  readonly xid: string;
  readonly mergePolicyId: string | undefined;
  readonly fields: readonly string[] | undefined;
}

function entityBody(profile: ProfileEntity, parts: EntityParts): EntityBody {
  return {
    entityId: parts.xid,
    ...(parts.mergePolicyId === undefined ? {} : { mergePolicy: { id: parts.mergePolicyId } }),
    sources: [''],
    entity: parts.fields === undefined ? profile.entity : pickFields(profile.entity, parts.fields),
    lastModifiedAt: new Date(profile.lastModifiedAt).toISOString(),
  };
}

/** Dotted paths; one that names an object takes the whole of it. A path that leads nowhere adds nothing. */
function pickFields(
  entity: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  const byHead = new Map<string, string[]>();
  for (const field of fields) {
    const [head = '', ...rest] = field.trim().split('.');
    byHead.set(head, [...(byHead.get(head) ?? []), rest.join('.')]);
  }
  for (const [head, rests] of byHead) {
    if (!Object.hasOwn(entity, head)) continue;
    picked[head] = rests.includes('') ? entity[head] : pickWithin(entity[head], rests);
  }
  return picked;
}

function pickWithin(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => pickWithin(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  return pickFields(value as Readonly<Record<string, unknown>>, fields);
}
