import { dependencyOrder } from '../../../src/pql';

const order = (rules: Readonly<Record<string, readonly string[]>>): ReturnType<typeof dependencyOrder> =>
  dependencyOrder(new Map(Object.entries(rules)));

describe('the order in which rules that name each other are evaluated', () => {
  it('puts each after all that it names, and each once', () => {
    expect(order({ top: ['left', 'right'], left: ['base'], right: ['base'], base: [] })).toEqual({
      kind: 'order',
      order: ['base', 'left', 'right', 'top'],
    });
  });

  it('takes names that are no definition as known', () => {
    expect(order({ a: ['elsewhere'] })).toEqual({ kind: 'order', order: ['a'] });
  });

  it('tells a circle from its first name on, without the way that leads there', () => {
    expect(order({ start: ['a'], a: ['b'], b: ['c'], c: ['a'] })).toEqual({
      kind: 'circle',
      circle: ['a', 'b', 'c'],
    });
  });

  it('takes one that names itself for a circle', () => {
    expect(order({ a: ['a'] })).toEqual({ kind: 'circle', circle: ['a'] });
  });

  it('does not take two ways to one definition for a circle', () => {
    expect(order({ a: ['b', 'c'], b: ['c'], c: [] }).kind).toBe('order');
  });

  it('is not felled by a long chain', () => {
    const chain = Array.from({ length: 50_000 }, (_, at): [string, string[]] => [`s${at}`, [`s${at + 1}`]]);
    expect(dependencyOrder(new Map(chain)).kind).toBe('order');
  });

  it('treats names of the engine of JavaScript like any other', () => {
    expect(order({ constructor: ['__proto__'] })).toEqual({ kind: 'order', order: ['constructor'] });
  });
});
