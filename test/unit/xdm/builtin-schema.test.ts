import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { columnsOf } from '../../../src/xdm/columns';
import { describeType } from '../../../src/xdm/describe-type';
import { findField } from '../../../src/xdm/find-field';

const typeAt = (entity: 'profile' | 'event', path: string): string | undefined => {
  const type = findField(builtinSchema[entity], path);
  return type && describeType(type);
};

describe('the built-in schema', () => {
  it.each([
    ['profile', 'homeAddress.countryISO', 'string'],
    ['profile', 'person.birthMonth', 'integer'],
    ['profile', 'person.name', 'object'],
    ['profile', '_repo.lastModifiedDate', 'datetime'],
    ['profile', 'identityMap', 'map of list of object'],
    ['profile', 'segmentMembership', 'map of map of object'],
    ['event', 'metrics.commerce.abandons.value', 'number'],
    ['event', 'productListItems', 'list of object'],
    ['event', 'commerce.order.priceTotal', 'number'],
  ] as const)('knows %s %s as %s', (entity, path, type) => {
    expect(typeAt(entity, path)).toBe(type);
  });

  it('keeps birthDate and birthdate apart although the engine ignores case', () => {
    const names = columnsOf(builtinSchema.profile).map((column) => column.name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('person.birthdate~2');
  });

  it('does not find what every JavaScript object inherits', () => {
    expect(typeAt('profile', 'constructor')).toBeUndefined();
    expect(typeAt('profile', 'person.toString')).toBeUndefined();
  });
});
