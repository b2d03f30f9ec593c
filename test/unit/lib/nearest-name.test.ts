import { nearestName } from '../../../src/lib/nearest-name';

test.each([
  ['workAdress', 'workAddress'],
  ['WORKADDRESS', 'workAddress'],
  ['nmae', 'name'],
])('%s is most like %s', (name, nearest) => {
  expect(nearestName(name, ['age', 'workAddress', 'name'])).toBe(nearest);
});

test('a name that is like none has none near', () => {
  expect(nearestName('birthday', ['age', 'workAddress'])).toBeUndefined();
});
