import { countries, firstNames, lastNames, loyaltyTiers } from './catalogue';
import type { Country } from './catalogue';
import { createRandom, seedOf } from './random';
import type { Random } from './random';

/** One invented person: the profile record, and what their events are drawn from. */
export interface Person {
  readonly index: number;
  readonly country: Country;
  /** Identities that the person's events may carry, the primary one first. */
  readonly ecid: string;
  readonly email: string | null;
  /** How many events the person makes in the period. */
  readonly eventCount: number;
  /** Share of visits that end in a purchase. */
  readonly buysOften: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The person with this number; always the same for the same seed. */
export function createPerson(seed: number, index: number): Person {
  const random = createRandom(seedOf(seed, index));
  const country = random.weighted(countries);
  const gender = random.weighted([
    ['female', 48],
    ['male', 47],
    ['not_specified', 5],
  ] as const);
  const names = gender === 'male' ? firstNames.male : firstNames.female;
  const firstName = names[random.integer(0, names.length - 1)] ?? 'Ada';
  const lastName = lastNames[random.integer(0, lastNames.length - 1)] ?? 'Lovelace';
  const ecid = String(10_000_000_000_000 + index * 7_919).padStart(20, '3');
  const email = random.chance(0.9)
    ? `${firstName}.${lastName}.${index}@example.${country.code.toLowerCase()}`.toLowerCase()
    : null;
  const phone = random.chance(0.4) ? `${country.phonePrefix}${String(1_000_000 + index)}` : null;
  return {
    index,
    country,
    ecid,
    email,
    eventCount: eventCountOf(random),
    buysOften: random.chance(0.1) ? 0.5 : 0.12,
    record: {
      _id: `person-${index}`,
      identityMap: identityMapOf({ ecid, email, phone }),
      person: {
        name: { firstName, lastName, fullName: `${firstName} ${lastName}` },
        gender,
        ...birthOf(random),
      },
      homeAddress: homeOf(random, country),
      ...(email === null
        ? {}
        : { personalEmail: { address: email, status: random.chance(0.95) ? 'active' : 'blocked' } }),
      ...(phone === null ? {} : { mobilePhone: { number: phone } }),
      ...(random.chance(0.3)
        ? { workAddress: { countryCode: country.code, city: random.pick(country.cities).name } }
        : {}),
      _demo: loyaltyOf(random),
    },
  };
}

/** Skewed as visits are: a sixth never came back, most come a few times, some live there. Ten on average. */
function eventCountOf(random: Random): number {
  const [low, high] = random.weighted([
    [[0, 0], 16],
    [[1, 6], 43],
    [[7, 18], 28],
    [[19, 42], 10],
    [[43, 86], 3],
  ] as const);
  return random.integer(low, high);
}

function identityMapOf({
  ecid,
  email,
  phone,
}: {
  ecid: string;
  email: string | null;
  phone: string | null;
}): Record<string, unknown> {
  return {
    ...(email === null ? {} : { Email: [{ id: email, primary: true, authenticatedState: 'authenticated' }] }),
    ECID: [{ id: ecid, primary: email === null, authenticatedState: 'ambiguous' }],
    ...(phone === null ? {} : { Phone: [{ id: phone, primary: false }] }),
  };
}

/** A fifth of the people never said when they were born. */
function birthOf(random: Random): Record<string, unknown> {
  const year = random.integer(1940, 2008);
  const month = random.integer(1, 12);
  const day = random.integer(1, 28);
  if (random.chance(0.2)) return {};
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return {
    birthYear: year,
    birthMonth: month,
    birthDate: `${year}-${twoDigits(month)}-${twoDigits(day)}`,
    birthDayAndMonth: `${twoDigits(month)}-${twoDigits(day)}`,
  };
}

function homeOf(random: Random, country: Country): Record<string, unknown> {
  const { name, stateProvince, postalCode } = random.pick(country.cities);
  return {
    country: country.name,
    countryCode: country.code,
    stateProvince,
    city: name,
    postalCode,
    primary: true,
  };
}

/** A field group of the tenant's own, as every real schema has one. */
function loyaltyOf(random: Random): Record<string, unknown> {
  const tier = random.weighted([
    [loyaltyTiers[0], 55],
    [loyaltyTiers[1], 28],
    [loyaltyTiers[2], 13],
    [loyaltyTiers[3], 4],
  ] as const);
  const points = tier === 'none' ? 0 : random.integer(100, 20_000);
  return { loyalty: { tier, points, member: tier !== 'none' } };
}
