import { eventFields } from './event-fields';
import { profileFields } from './profile-fields';
import type { UnionSchema } from './union-schema';

/** The union schema before any import or operator added a field. */
export const builtinSchema: UnionSchema = { profile: profileFields, event: eventFields };
