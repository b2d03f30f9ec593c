import { builtinSchema } from '../../src/xdm/builtin-schema';
import type { UnionSchema } from '../../src/xdm/union-schema';
import { withFields } from '../../src/xdm/with-fields';
import type { ObjectDomain } from './domain';
import { days, flag, instants, list, map, object, real, text, typeOf, whole } from './domain';

/** A clock, and what people and events can be like around it. */
export interface World {
  readonly now: Date;
  readonly schema: UnionSchema;
  readonly profile: ObjectDomain;
  readonly event: ObjectDomain;
}

/** Clocks on which units of the calendar begin, end, or are clamped. */
export const clocks = ['2024-03-31T12:00:00.000Z', '2028-02-29T00:00:00.000Z', '2026-01-01T00:00:00.001Z'];

/** Texts that have broken other people's comparisons: case beyond ASCII, beyond 16 bits, wildcards, line breaks. */
const names = text(
  'Ada',
  'ada',
  'Straße',
  'STRASSE',
  'İx',
  'ix',
  'ΟΔΟΣ',
  'οδοσ',
  '𝒳y',
  '\uffeey',
  '',
  'a%_\\',
  'a\nb',
);
const numericTexts = text(
  ...['35', '2', '2.5', '-1', '1e1', '50', '0', 'true', 'x', ''],
  ...['2024-02-29', '2024-02-29T01:30:00+01:30', '2024-02-28T23:59Z'],
);
const countries = text('US', 'FR', 'us');
const colors = text('red', 'blue', 'green');
const prices = real(0, 1, 2.5, 50, -1);
const counts = whole(0, 1, 2, 3, 35, -1);

/** The built-in attributes that rules use, and own fields of every type that there is. */
export function worldAt(clock: string): World {
  const now = new Date(clock);
  const moments = instants(momentsAround(now));
  const dates = days([...new Set(momentsAround(now).map((moment) => moment.slice(0, 10)))]);
  const ownProfile = object({
    tier: text('gold', 'silver'),
    points: counts,
    active: flag,
    joined: moments,
    since: dates,
    tags: list(colors),
    scores: list(prices),
    levels: list(counts),
    flags: list(flag),
    visits: list(moments),
    stays: list(
      object({
        city: names,
        nights: counts,
        at: moments,
        paid: flag,
        place: object({ country: countries, score: prices }),
        tags: list(colors),
        extras: list(object({ name: colors, price: prices })),
      }),
    ),
    byChannel: map(['web', 'app'], prices),
    labels: map(['web', 'App', 'app'], colors),
    lastSeen: map(['web', 'app'], moments),
    accounts: map(['web', 'app'], object({ balance: prices, currency: text('USD', 'EUR'), opened: moments })),
  });
  const ownEvent = object({
    channel: text('web', 'app'),
    score: counts,
    at: moments,
    coupons: list(colors),
    marks: list(prices),
    stats: map(['web', 'app'], counts),
  });
  const address = object({ countryISO: countries, stateProvinceISO: text('CA', 'OR'), city: names });
  const profile = object({
    person: object({
      age: counts,
      gender: text('female', 'male'),
      birthDate: dates,
      birthMonth: whole(2, 3, 12),
      birthDayAndMonth: numericTexts,
      favoriteColors: list(colors),
      name: object({ firstName: names, lastName: names }),
    }),
    homeAddress: address,
    workAddress: address,
    workEmail: object({ address: text('ada@mit.edu', 'bob@example.com', 'x@a.b@c'), primary: flag }),
    _repo: object({ createDate: moments, modifyDate: moments }),
    orders: list(object({ price: prices, storeId: text('s1', 's2', '2', '50', '2.5') })),
    product: object({ saleDate: moments }),
    intField1: counts,
    intField2: counts,
    identityMap: map(['Email', 'email'], list(object({ id: names, primary: flag }))),
    segmentMembership: map(
      ['ups', 'aam'],
      map(['s1', 's2'], object({ status: text('realized', 'exited'), lastQualificationTime: moments })),
    ),
    _acme: ownProfile,
  });
  const event = object({
    timestamp: moments,
    eventType: text('view', 'cart', 'buy'),
    product: colors,
    commerce: object({
      order: object({ priceTotal: prices, purchaseID: numericTexts, currencyCode: text('USD', 'EUR') }),
      checkouts: object({ value: prices }),
    }),
    productListItems: list(
      object({
        SKU: text('PS', 'X1', '35'),
        quantity: counts,
        priceTotal: prices,
        name: names,
        productCategories: list(object({ categoryID: colors })),
      }),
    ),
    web: object({ webPageDetails: object({ isHomePage: flag }) }),
    externalSegmentMapProperty: map(['a', 'b'], object({ stringProperty: text('active', 'gone') })),
    ts_flight: moments,
    _acme: ownEvent,
  });
  const schema = withFields(builtinSchema, [
    { entity: 'profile', path: '_acme', type: typeOf(ownProfile) },
    { entity: 'event', path: '_acme', type: typeOf(ownEvent) },
  ]);
  return { now, schema, profile, event };
}

/** Where units begin and end around a clock, to the millisecond, and far away. */
function momentsAround(now: Date): readonly string[] {
  const day = 86_400_000;
  const today = Math.floor(now.getTime() / day) * day;
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const near = [0, 1, -1, 1000, -60_000, -3_600_000, -day, -day - 1, day, -7 * day].map(
    (distance) => now.getTime() + distance,
  );
  const midnights = [0, -1, 1, -2, -7, 7].map((distance) => today + distance * day);
  const edges = [today - 1, today + day - 1, Date.UTC(year, month, 1), Date.UTC(year, month, 1) - 1];
  const far = [
    Date.UTC(year, month - 1, 28),
    Date.UTC(year, month + 1, 1),
    Date.UTC(year, 0, 1),
    Date.UTC(year, 0, 1) - 1,
  ];
  const leap = [
    Date.UTC(2024, 1, 29),
    Date.UTC(2024, 1, 29, 23, 59, 59, 999),
    Date.UTC(2000, 0, 1) - 1,
    Date.UTC(2000, 0, 1),
  ];
  return [...near, ...midnights, ...edges, ...far, ...leap].map((ms) => new Date(ms).toISOString());
}
