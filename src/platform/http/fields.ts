import type { FastifyInstance } from 'fastify';
import { InvalidRequest } from '../../errors/platform-error';
import { newFieldBody } from '../../wire/field.request';
import type { FieldListWire, FieldWire } from '../../wire/field.wire';
import { parseTypeText, typeText, typeTextHelp } from '../../xdm/type-text';
import type { OwnField } from '../store/api/ingest';
import type { HttpServices } from './http-services';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/audience/fields';

/** Fields of one's own: which there are, and one more. Ours alone; see `wire/field.wire.ts`. */
export function addFields(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<FieldListWire> {
  query.allowOnly(['entity']);
  const wanted = query.oneOf('entity', ['profile', 'event']);
  const fields = await (await store.profileData(tenant)).ownFields();
  return { fields: fields.filter(({ entity }) => (wanted ?? entity) === entity).map(fieldBody) };
}

async function create(call: Call, { store }: HttpServices): Promise<FieldWire> {
  const { entity, path: fieldPath, type: text } = call.body(newFieldBody);
  const type = parseTypeText(text);
  if (type === undefined)
    throw new InvalidRequest('The body of the request is wrong.', [
      { path: 'type', message: `must be a type: ${typeTextHelp}` },
    ]);
  await (await store.profileData(call.tenant)).addFields([{ entity, path: fieldPath, type }]);
  call.reply.code(201);
  return fieldBody({ entity, path: fieldPath, type, origin: 'operator' });
}

function fieldBody({ entity, path: fieldPath, type, origin }: OwnField): FieldWire {
  return { entity, path: fieldPath, type: typeText(type), origin };
}
