import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema };

/** What a rule says of one person with these attributes. */
async function holds(rule: string, profile: object): Promise<boolean> {
  const people = await PeopleDatabase.create([{ name: 'ada', profile }]);
  try {
    const [matching = []] = await people.matches(compileRules([checkedRule(rule)], options));
    return matching.length === 1;
  } finally {
    people.close();
  }
}

const modified = (modifyDate: string, emailAddress: string): object => ({
  _repo: { modifyDate },
  emailAddress,
});

describe('a text in an attribute is the time that it is where it is written down', () => {
  it.each([
    ['2024-02-29T11:00:00+01:00', '2024-02-29T10:00:00Z'],
    ['2024-02-29T02:30:00-0730', '2024-02-29T10:00:00Z'],
    ['2024-02-29T10:00Z', '2024-02-29T10:00:00Z'],
    ['2024-02-29 10:00', '2024-02-29T10:00:00Z'],
    ['2024-02-29T11:00+01:00', '2024-02-29T10:00:00Z'],
    ['2024-02-29t10:00:00z', '2024-02-29T10:00:00Z'],
    ['2024-02-29T10:00:00.1239999Z', '2024-02-29T10:00:00.123Z'],
    ['1969-12-31T23:59:59.9999+00:00', '1969-12-31T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59+14:00', '9999-12-31T09:59:59Z'],
  ])('%s', async (text, time) => {
    expect(await holds(`_repo.modifyDate = "${text}"`, modified(time, text))).toBe(true);
    expect(await holds('_repo.modifyDate = emailAddress', modified(time, text))).toBe(true);
    expect(await holds('emailAddress occurs on _repo.modifyDate', modified(time, text))).toBe(true);
  });

  it.each([
    ...['2024-02-30', '2024-02-29T24:00:00Z', '2024-02-29T23:59:60Z', '2024-02-29T10', '0000-01-01'],
    ...['2024-02-29T10:00:00+24:00', '2024-02-29T10:00:00+01:60', '2024-02-29T10:00:00+01', 'epoch', 'today'],
    ...['9999-12-31T23:59:59-14:00', '9999-12-31T23:59-00:01', '0001-01-01T00:00:00+14:00'],
  ])('%s is none', async (text) => {
    expect(() => checkedRule(`_repo.modifyDate = "${text}"`)).toThrow('is not a time');
    const ada = modified('2024-02-29T10:00:00Z', text);
    expect(await holds('_repo.modifyDate = emailAddress', ada)).toBe(false);
    expect(await holds('_repo.modifyDate != emailAddress', ada)).toBe(false);
  });
});

describe('a number in an attribute is the text that it is where it is written down', () => {
  it.each([
    ...[100, 1.5, 0, -0, -2.5, 0.1, 0.0001, 0.00001, 0.0000012, 1e-7, 2.5e-9, 1e15, 1e21, -1.5e300],
    ...[1e16, -1e16, 1.5e17, 12345678901234567000, -123456789012345680000, 1e20, 999999999999999900000],
  ])('%d', async (price) => {
    // A whole number of rules ends at 2^53: beyond, it is written with an exponent.
    const literal = (Math.abs(price) > 1e15 ? price.toExponential() : String(price)).replace('+', '');
    const ada = { emailAddress: String(price), orders: [{ price }] };
    expect(await holds(`emailAddress = ${literal}`, ada)).toBe(true);
    expect(await holds('emailAddress = orders.price', ada)).toBe(true);
  });
});
