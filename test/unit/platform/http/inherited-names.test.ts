import { readEventFilter } from '../../../../src/platform/http/event-filter';
import { propertyFilter, readPropertyFilter } from '../../../../src/platform/http/property-filter';

const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

describe.each(inherited)('a filter by "%s", which an object inherits', (name) => {
  it.each(['!=x', '=x', '>=', '<~'])('finds no event by %s', (test) => {
    expect(readEventFilter([`${name}${test}`])?.({ eventType: 'a' })).toBe(false);
    expect(readEventFilter([`${name}.name${test}`])?.({ eventType: 'a' })).toBe(false);
    expect(readEventFilter([`commerce.${name}.name${test}`])?.({ commerce: {} })).toBe(false);
  });

  it('finds an event that has a field of this name itself', () => {
    const event = JSON.parse(`{ "${name}": { "name": "Object" } }`) as Readonly<Record<string, unknown>>;
    expect(readEventFilter([`${name}.name=Object`])?.(event)).toBe(true);
  });

  it('finds no record', () => {
    expect(propertyFilter(`${name}.name`, 'Object')({})).toBe(false);
    expect(readPropertyFilter(`segments~${name}.name==Object`, ['segments'])({ segments: [{}] })).toBe(false);
  });

  it('is no attribute of a resource', () => {
    expect(() => readPropertyFilter(`${name}.name==Object`, ['segments'])).toThrow('must begin with one of');
  });
});
