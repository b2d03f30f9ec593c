import { applyJsonPatch } from '../../../src/lib/json-patch';

describe('JSON Patch', () => {
  // Source: RFC 6902, appendix A, and RFC 6901 for the paths.
  it.each([
    ['adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'q' }], { foo: 'bar', baz: 'q' }],
    ['adds an item', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['adds an item at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: [2] }], { a: [1, [2]] }],
    [
      'removes',
      { a: [1, 2], b: 3 },
      [
        { op: 'remove', path: '/a/0' },
        { op: 'remove', path: '/b' },
      ],
      { a: [2] },
    ],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
    ['moves', { a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    [
      'tests',
      { a: { b: [1, null] } },
      [{ op: 'test', path: '/a', value: { b: [1, null] } }],
      { a: { b: [1, null] } },
    ],
    [
      'reads escaped names',
      { 'a/b': 1, '~': 2 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'test', path: '/~0', value: 2 },
      ],
      { '~': 2 },
    ],
  ])('%s', (_, value, operations, wanted) => {
    expect(applyJsonPatch(value, operations)).toEqual({ ok: true, value: wanted });
  });

  it.each([
    ['nothing there', [{ op: 'remove', path: '/x' }]],
    ['no holder', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['a text for a holder', [{ op: 'add', path: '/b/y', value: 1 }]],
    ['a place outside of the list', [{ op: 'add', path: '/a/3', value: 1 }]],
    ['a place that is none', [{ op: 'remove', path: '/a/01' }]],
    ['another value', [{ op: 'test', path: '/b', value: 'other' }]],
    ['a move into itself', [{ op: 'move', from: '/a', path: '/a/0' }]],
    ['a path that is none', [{ op: 'add', path: 'b', value: 1 }]],
    ['an unknown operation', [{ op: 'merge', path: '/b', value: 1 }]],
  ])('refuses %s, and does none of its operations', (_, operations) => {
    const value = { a: [1, 2], b: 'x' };
    const patched = applyJsonPatch(value, [{ op: 'remove', path: '/a/0' }, ...operations]);
    expect(patched).toMatchObject({ ok: false, problem: expect.stringMatching(/^operation 1 /) as string });
    expect(value).toEqual({ a: [1, 2], b: 'x' });
  });

  it('sets no prototype', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(patched.ok && (patched.value as { polluted?: boolean }).polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
