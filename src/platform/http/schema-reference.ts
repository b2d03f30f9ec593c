import { InvalidRequest } from '../../errors/platform-error';
import { profileSchemaId } from '../../wire/catalog.wire';
import { profileSchemaName } from './tenant-body';

/** Segments and exports are made over profiles alone; the schema may be given by name or by id (quirk N16). */
export function requireProfileSchema({
  name,
  id,
}: {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}): string {
  if ((name ?? profileSchemaName) === profileSchemaName && (id ?? profileSchemaId) === profileSchemaId)
    return profileSchemaName;
  throw new InvalidRequest('The body of the request is wrong.', [
    { path: 'schema', message: `must be {"name": "${profileSchemaName}"}` },
  ]);
}
