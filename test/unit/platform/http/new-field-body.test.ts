import { newFieldBody } from '../../../../src/wire/field.request';

const isTaken = (path: string): boolean =>
  newFieldBody.safeParse({ entity: 'profile', path, type: 'string' }).success;

test.each(['_acme.visits', 'constructor', '_acme.hasOwnProperty', '_proto_', '_acme.__proto', 'rowid'])(
  'a field may be called %s',
  (path) => {
    expect(isTaken(path)).toBe(true);
  },
);

test.each(['__proto__', '_acme.__proto__', '__proto__.visits', '_acme.__proto__.visits'])(
  'no field may be called %s: no batch could be taken in any more',
  (path) => {
    expect(isTaken(path)).toBe(false);
  },
);
