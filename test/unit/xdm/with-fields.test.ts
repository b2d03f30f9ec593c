import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { findField } from '../../../src/xdm/find-field';
import type { FieldDefinition } from '../../../src/xdm/union-schema';
import { withFields } from '../../../src/xdm/with-fields';

const points: FieldDefinition = { entity: 'profile', path: '_acme.loyalty.points', type: { kind: 'number' } };

describe('withFields', () => {
  it('adds a field and the objects that lead to it', () => {
    expect(findField(withFields(builtinSchema, [points]).profile, '_acme.loyalty.points')).toEqual({
      kind: 'number',
    });
  });

  it('leaves the schema it was given as it is', () => {
    withFields(builtinSchema, [points]);
    expect(findField(builtinSchema.profile, '_acme')).toBeUndefined();
  });

  it('takes the same field twice', () => {
    const once = withFields(builtinSchema, [points]);
    expect(withFields(once, [points])).toEqual(once);
  });

  it('joins an object with the one that stands there', () => {
    const joined = withFields(builtinSchema, [
      { entity: 'event', path: 'device', type: { kind: 'object', fields: { colour: { kind: 'string' } } } },
    ]);
    expect(findField(joined.event, 'device.colour')).toEqual({ kind: 'string' });
    expect(findField(joined.event, 'device.model')).toEqual({ kind: 'string' });
  });

  it.each<[string, FieldDefinition, string]>([
    ['another type', { ...points, path: 'person.gender' }, 'it is of type string already, not number'],
    [
      'a path through a scalar',
      { ...points, path: 'person.gender.code' },
      '"person.gender" is of type string',
    ],
    ['a path through a list', { ...points, path: 'orders.total' }, '"orders" is of type list of object'],
    ['an empty name', { ...points, path: 'person..age' }, 'made of names joined by dots'],
    ['a system name', { ...points, path: '#pid' }, 'no name starts with "#"'],
    ['the word for events', { ...points, path: 'xEvent.total' }, 'is the word of PQL'],
  ])('refuses %s', (_case, field, reason) => {
    expect(() => withFields(builtinSchema, [field])).toThrow(reason);
  });

  it('keeps a field named __proto__ as a field', () => {
    const schema = withFields(builtinSchema, [{ ...points, path: '_acme.__proto__' }]);
    expect(findField(schema.profile, '_acme.__proto__')).toEqual({ kind: 'number' });
  });
});
