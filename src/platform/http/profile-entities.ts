import type { FastifyInstance } from 'fastify';
import { TooManyIdentities } from '../../errors/platform-error';
import type { EntitiesBody } from '../../wire/profile-entity.request';
import { entitiesBody } from '../../wire/profile-entity.request';
import type {
  EventPageWire,
  PartOfEntitiesWire,
  ProfileEntitiesWire,
  ProfileEntityWire,
} from '../../wire/profile-entity.wire';
import type { MergePolicy, MergeRule } from '../records';
import { plainRule, ruleOf } from '../store/merge-rule';
import type { ProfileData } from '../store/api/profile-data';
import { readEventFilter } from './event-filter';
import type { HttpServices } from './http-services';
import { findMergePolicy } from './merge-policies';
import { linkTo } from './next-link';
import { profileEntityBody } from './profile-entity-body';
import type { EventQuestion } from './profile-events';
import { eventPageBody, eventTimeMs, findEvents, readCursor, readEventOrder } from './profile-events';
import type { ProfileIdentity } from './profile-identity';
import { readIdentity, xidOf } from './profile-identity';
import type { Query } from './query';
import { wrong } from './query';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';
import { profileSchemaName } from './tenant-body';

const path = '/data/core/ups/access/entities';
const eventSchemaName = '_xdm.context.experienceevent';
const latest = 1e15;

/** `/access/entities`: merged profiles, and events of theirs, by identity. Source: contract §10. */
export function addProfileEntities(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, {
    GET: (call) => read(call, services),
    POST: (call) => readSeveral(call, services),
    DELETE: (call) => remove(call, services),
  });
}

/** How profiles are read: by which policy, out of whose data. */
interface Reading {
  readonly data: ProfileData;
  readonly mergePolicy: MergePolicy | undefined;
  readonly mergeRule: MergeRule;
}

/** The datasets whose records a policy merges: which of them have a row of one person is not kept with the profile. */
async function sourcesOf({ data, mergeRule: { attributeMerge } }: Reading): Promise<readonly string[]> {
  const datasets = await data.recordDatasets();
  if (attributeMerge.type !== 'dataSetPrecedence') return datasets;
  return (attributeMerge.order ?? []).filter((id) => datasets.includes(id));
}

async function begin(
  { tenant }: Call,
  { store }: HttpServices,
  policyId: string | undefined,
): Promise<Reading> {
  const mergePolicy = await findMergePolicy(store, tenant, policyId);
  const mergeRule = mergePolicy === undefined ? plainRule : ruleOf(mergePolicy);
  return { data: await store.profileData(tenant), mergePolicy, mergeRule };
}

async function read(call: Call, services: HttpServices): Promise<ProfileEntitiesWire | EventPageWire> {
  const { query } = call;
  query.allowOnly(parameters);
  const schemaName = readSchemaName(query.text('schema.name'));
  const reading = await begin(call, services, query.text('mergePolicyId'));
  return schemaName === eventSchemaName ? readEvents(query, reading) : readProfile(query, reading, services);
}

// `withCA` asks for computed attributes, of which there are none here.
const parameters = [
  ...['schema.name', 'entityId', 'entityIdNS', 'fields', 'mergePolicyId', 'withCA', 'startTime', 'endTime'],
  ...[
    'relatedSchema.name',
    'relatedEntityId',
    'relatedEntityIdNS',
    'limit',
    'orderby',
    'orderBy',
    'property',
  ],
  ...['start', 'offsets'],
];

/** @throws InvalidRequest for entities that are not kept here, as B2B accounts. */
function readSchemaName(name: string | undefined): string {
  if (name === undefined) throw wrong('schema.name', 'must be there');
  if (name === profileSchemaName || name === eventSchemaName) return name;
  throw wrong(
    'schema.name',
    `must be ${profileSchemaName} or ${eventSchemaName}; other entities are not kept here`,
  );
}

async function readProfile(
  query: Query,
  reading: Reading,
  { membershipDialect: dialect }: HttpServices,
): Promise<ProfileEntitiesWire> {
  const { data, mergePolicy, mergeRule } = reading;
  const identity = identityIn(query, ['entityId', 'entityIdNS']);
  const profile = await data.profileByIdentity(identity, mergeRule);
  if (profile === undefined) throw nobody();
  // Of several people that the graph has joined, the one that was asked for names the answer.
  const xid = mergeRule.identityGraph === 'pdg' ? xidOf(identity) : profile.xid;
  const fields = query.text('fields')?.split(',');
  const parts = { xid, mergePolicyId: mergePolicy?.id, sources: await sourcesOf(reading), fields, dialect };
  return { [xid]: profileEntityBody(profile, parts) };
}

async function readEvents(query: Query, { data, mergeRule }: Reading): Promise<EventPageWire> {
  refuseOtherRelation(query.text('relatedSchema.name'));
  const names = query.text('relatedEntityId') === undefined ? 'entityId' : 'relatedEntityId';
  const identity = identityIn(query, [names, `${names}NS`]);
  const question: EventQuestion = {
    mergeRule,
    direction: readEventOrder(query.text('orderby') ?? query.text('orderBy')),
    from: eventTimeMs(query.integer('startTime', { min: 0, max: latest })),
    to: eventTimeMs(query.integer('endTime', { min: 0, max: latest })),
    filter: readEventFilter(query.all('property')),
    limit: query.integer('limit', { min: 1, max: 1000 }) ?? 1000,
  };
  const first = readCursor(query.text('start') ?? query.text('offsets'));
  const found = await findEvents(data, identity, { ...question, first });
  if (found === undefined) throw nobody();
  return eventPageBody(found, {
    xid: found.xid,
    direction: question.direction,
    fields: query.text('fields')?.split(','),
    // aepp reads `offsets` from the link, Adobe's documents show `start`.
    link: (next) => ({
      href:
        next === '' ? '' : linkTo('/entities', query, { limit: question.limit, start: next, offsets: next }),
    }),
  });
}

function refuseOtherRelation(name: string | undefined): void {
  if (name !== undefined && name !== profileSchemaName)
    throw wrong('relatedSchema.name', `must be ${profileSchemaName}`);
}

function identityIn(query: Query, [idName, namespaceName]: readonly [string, string]): ProfileIdentity {
  const id = query.text(idName);
  if (id === undefined) throw wrong(idName, 'must be there');
  return readIdentity(id, query.text(namespaceName), { id: idName, namespace: namespaceName });
}

function nobody(): Refusal {
  return new Refusal({
    status: 404,
    code: 'RESOURCE_NOT_FOUND',
    message: 'There is no profile with this identity.',
  });
}

type AskedIdentity = EntitiesBody['identities'][number];
type Part = ProfileEntityWire | EventPageWire;

/** 200 with a map by XID; 207 with a list where some of it could not be answered. */
async function readSeveral(
  call: Call,
  services: HttpServices,
): Promise<Readonly<Record<string, Part>> | readonly PartOfEntitiesWire[]> {
  const body = call.body(entitiesBody);
  const schemaName = readSchemaName(body.schema.name);
  const reading = await begin(call, services, body.mergePolicyId);
  if (schemaName === eventSchemaName) refuseOtherRelation(body.relatedSchema?.name);
  const parts = new Map<string, Part | TooManyIdentities>();
  for (const asked of body.identities) {
    const identity = identityOf(asked);
    const question = { asked, identity, body };
    const part =
      schemaName === eventSchemaName ? eventsOf(question, reading) : profileOf(question, reading, services);
    parts.set(xidOf(identity), await part.catch(tooManyOnly));
  }
  if (![...parts.values()].some((part) => part instanceof TooManyIdentities))
    return Object.fromEntries(parts) as Record<string, Part>;
  call.reply.code(207);
  return [...parts].map(([xid, part]) => {
    if (!(part instanceof TooManyIdentities)) return { xid, ...part };
    const { message } = part;
    return { xid, error: { message: `UPS-MRG-1000001: ${message}`, cause: message, statusCode: '422' } };
  });
}

function tooManyOnly(error: unknown): TooManyIdentities {
  if (error instanceof TooManyIdentities) return error;
  throw error;
}

function identityOf({
  entityId,
  entityIdNS,
  relatedEntityId,
  relatedEntityIdNS,
}: AskedIdentity): ProfileIdentity {
  const names = { id: 'entityId', namespace: 'entityIdNS' };
  if (entityId !== undefined) return readIdentity(entityId, entityIdNS, names);
  if (relatedEntityId === undefined) throw wrong('identities', 'must each have an entityId');
  return readIdentity(relatedEntityId, relatedEntityIdNS, names);
}

interface QuestionOfSeveral {
  readonly asked: AskedIdentity;
  readonly identity: ProfileIdentity;
  readonly body: EntitiesBody;
}

async function profileOf(
  { asked, identity, body }: QuestionOfSeveral,
  reading: Reading,
  { membershipDialect: dialect }: HttpServices,
): Promise<ProfileEntityWire> {
  const { data, mergePolicy, mergeRule } = reading;
  const { entityId = '', entityIdNS } = asked;
  return profileEntityBody(await data.profileByIdentity(identity, mergeRule), {
    xid: xidOf(identity),
    mergePolicyId: mergePolicy?.id,
    sources: await sourcesOf(reading),
    fields: body.fields,
    dialect,
    requestedIdentity: {
      entityId,
      ...(entityIdNS === undefined ? {} : { entityIdNS: { code: entityIdNS } }),
    },
  });
}

async function eventsOf(
  { asked, identity, body }: QuestionOfSeveral,
  { data, mergeRule }: Reading,
): Promise<EventPageWire> {
  const limit = body.limit ?? 1000;
  const direction = readEventOrder(body.orderby ?? body.orderBy);
  const found = await findEvents(data, identity, {
    mergeRule,
    direction,
    from: eventTimeMs(body.timeFilter?.startTime),
    to: eventTimeMs(body.timeFilter?.endTime),
    limit,
    first: readCursor(asked.start),
  });
  const xid = xidOf(identity);
  const { schema, relatedSchema, timeFilter, fields, orderby, orderBy } = body;
  const rest = { schema, relatedSchema, timeFilter, fields, orderby: orderby ?? orderBy, limit };
  return eventPageBody(found, {
    xid,
    direction,
    fields,
    link: (next) =>
      next === '' ? {} : { payload: { ...rest, identities: [{ relatedEntityId: xid, start: next }] } },
  });
}

/** Takes a person out of the profile store; datasets keep their rows. The answer waits until it is kept. */
async function remove(call: Call, services: HttpServices): Promise<undefined> {
  const { query } = call;
  query.allowOnly(['schema.name', 'entityId', 'entityIdNS', 'mergePolicyId']);
  if (readSchemaName(query.text('schema.name')) !== profileSchemaName)
    throw wrong('schema.name', `must be ${profileSchemaName}; single events cannot be deleted`);
  const identity = identityIn(query, ['entityId', 'entityIdNS']);
  const { data, mergeRule } = await begin(call, services, query.text('mergePolicyId'));
  if (!(await data.forgetPerson(identity, mergeRule))) throw nobody();
  call.reply.code(202);
}
