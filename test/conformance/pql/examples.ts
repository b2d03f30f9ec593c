import type { Person } from '../../support/people-database';

type Human = Omit<Person, 'name'>;

/** People for one of Adobe's examples, chosen from what its description says. */
export interface ExamplePeople {
  readonly number: number;
  readonly matching: readonly Human[];
  readonly others: readonly Human[];
  /** Where the example is a value, not a condition: a condition on it, with `#` for the example. */
  readonly condition?: string;
}

const nobody: Human = { profile: {} };
const profile = (fields: object): Human => ({ profile: fields });
const events = (...list: readonly object[]): Human => ({
  events: list.map((event, index) => ({ _id: `e${index}`, timestamp: '2026-08-20T00:00:00Z', ...event })),
});
const home = (fields: object): Human => profile({ homeAddress: fields });
const at = (timestamp: string, fields: object = {}): object => ({ timestamp, ...fields });
const order = { commerce: { order: { purchaseId: 'p', priceTotal: 10 } } };
const spent = (priceTotal: number, currencyCode = 'USD'): object => ({
  commerce: { order: { priceTotal, currencyCode } },
});
const abandon = (timestamp: string, id: string, value = 1): object =>
  at(timestamp, { id, metrics: { commerce: { abandons: { value } } } });
const items = (...skus: readonly string[]): object => ({ productListItems: skus.map((SKU) => ({ SKU })) });
const flight = (ts_flight: string): object => ({ type: 'FLIGHT', ts_flight });
const happened = (eventType: string, timestamp = '2026-08-28T09:00:00Z'): object => ({
  eventType,
  timestamp,
});
const downloads = (...products: readonly string[]): readonly object[] =>
  products.map((product, index) =>
    at('2026-08-27T00:00:00Z', {
      eventType: 'download',
      product,
      contentType: 'image',
      commerce: { order: { priceTotal: index + 1 } },
    }),
  );
const priced = (price: number): object => ({ commerce: { item: { price } } });
const pages = (isHomePage: boolean): object => ({
  _experience: { analytics: { endUser: { firstWeb: { webPageDetails: { isHomePage } } } } },
});
const sameState = [
  profile({ homeAddress: { stateProvince: 'Oregon' }, workAddress: { stateProvince: 'Oregon' } }),
];
const otherState = [
  profile({ homeAddress: { stateProvince: 'Oregon' }, workAddress: { stateProvince: 'Idaho' } }),
  profile({ homeAddress: { stateProvince: 'Oregon' } }),
  nobody,
];
const member = '5fd513d7-d6cf-4ea2-856a-585150041a8b';
const manyItems = items('a', 'b', 'c');

/** The clock of the examples: a Friday. */
export const now = new Date('2026-08-28T12:00:00Z');

/** The segment that one of the examples names. */
export const namedSegments: Readonly<Record<string, string>> = {
  'e3be6d7f-1727-401f-a41e-c296b45f607a': 'person.gender = "female"',
};

/** In the order of the published examples. */
export const examplePeople: readonly ExamplePeople[] = [
  {
    number: 1,
    matching: [home({ country: 'US' })],
    others: [home({ country: 'us' }), home({ city: 'US' }), nobody],
  },
  {
    number: 2,
    matching: [profile({ workAddress: { country: 'US' } })],
    others: [home({ country: 'US' }), nobody],
  },
  { number: 3, matching: sameState, others: otherState },
  {
    number: 4,
    matching: [events(abandon('2026-08-01T00:00:00Z', 'a'), {})],
    others: [events(abandon('2026-08-01T00:00:00Z', 'a', 0)), events({}), nobody],
  },
  { number: 5, matching: sameState, others: otherState },
  { number: 6, matching: sameState, others: otherState },
  { number: 7, matching: [home({ label: 'x' })], others: [profile({ workAddress: { label: 'x' } }), nobody] },
  { number: 8, matching: [home({ countryISO: 'FR' })], others: [home({ city: 'Paris' }), nobody] },
  {
    number: 9,
    matching: [
      home({ countryISO: 'US', stateProvinceISO: 'CA' }),
      home({ countryISO: 'US', stateProvinceISO: 'OR' }),
    ],
    others: [
      home({ countryISO: 'US', stateProvinceISO: 'NY' }),
      home({ countryISO: 'MX', stateProvinceISO: 'CA' }),
      home({ countryISO: 'US' }),
    ],
  },
  {
    number: 10,
    matching: [profile({ homeAddress: { stateProvinceISO: 'CA' }, workAddress: { stateProvinceISO: 'OR' } })],
    others: [
      profile({ homeAddress: { stateProvinceISO: 'CA' }, workAddress: { stateProvinceISO: 'CA' } }),
      home({ stateProvinceISO: 'CA' }),
      nobody,
    ],
  },
  {
    number: 11,
    matching: [profile({ workEmail: { address: 'ada@mit.edu' } })],
    others: [profile({ workEmail: { address: 'ada@mit.edu.com' } }), nobody],
  },
  {
    number: 12,
    matching: [events({ metrics: { commerce: { productListViews: { value: 1 } } }, ...items('X', 'PS') })],
    others: [
      events({ metrics: { commerce: { productListViews: { value: 1 } } }, ...items('X') }, items('PS')),
      nobody,
    ],
  },
  {
    number: 13,
    matching: [events(abandon('2026-08-01T00:00:00Z', 'a'), abandon('2026-08-02T23:00:00Z', 'b'))],
    others: [
      events(abandon('2026-08-01T00:00:00Z', 'a'), abandon('2026-08-04T00:00:00Z', 'b')),
      events(abandon('2026-08-01T00:00:00Z', 'a'), abandon('2026-08-02T00:00:00Z', 'a')),
      events(abandon('2026-08-01T00:00:00Z', 'a')),
    ],
  },
  {
    number: 14,
    matching: [events(order)],
    others: [events({ commerce: { purchases: { value: 1 } } }), nobody],
  },
  {
    number: 15,
    matching: [events(order)],
    others: [
      events({ commerce: { order: { purchaseId: '' } } }),
      events({ commerce: { order: { priceTotal: 1 } } }),
      nobody,
    ],
  },
  {
    number: 16,
    matching: [events(at('2026-08-01T00:00:00Z', order), at('2026-08-14T23:59:59Z', order))],
    others: [
      events(at('2026-08-01T00:00:00Z', order), at('2026-08-15T00:00:00Z', order)),
      events(at('2026-08-01T00:00:00Z', order)),
    ],
  },
  {
    number: 17,
    matching: [
      {
        ...events(at('2026-08-01T00:00:00Z', order), at('2026-08-02T00:00:00Z', order)),
        ...home({ countryISO: 'US' }),
      },
    ],
    others: [
      {
        ...events(at('2026-08-01T00:00:00Z', order), at('2026-08-02T00:00:00Z', order)),
        ...home({ countryISO: 'FR' }),
      },
      { ...events(order), ...home({ countryISO: 'US' }) },
    ],
  },
  {
    number: 18,
    matching: [
      profile({ _repo: { lastModifiedDate: '2026-08-28T11:30:00Z' } }),
      profile({ _repo: { lastModifiedDate: '2026-08-28T11:59:59Z' } }),
    ],
    others: [profile({ _repo: { lastModifiedDate: '2026-08-28T11:29:59Z' } }), nobody],
  },
  {
    number: 19,
    matching: [profile({ _repo: { modifyDate: '2019-04-02T00:00:00Z' } })],
    others: [profile({ _repo: { modifyDate: '2019-04-01T23:59:59Z' } }), nobody],
  },
  {
    number: 20,
    matching: [events(at('2026-08-27T00:00:00Z')), events(at('2026-08-27T23:59:59.999Z'))],
    others: [events(at('2026-08-28T00:00:00Z'), at('2026-08-26T23:59:59.999Z')), nobody],
  },
  {
    number: 21,
    matching: [events(manyItems, manyItems, manyItems, manyItems, manyItems, manyItems)],
    others: [
      events(manyItems, manyItems, manyItems, manyItems, manyItems, items('a', 'b')),
      events(items('a', 'b', 'c', 'd', 'e', 'f')),
    ],
  },
  {
    number: 22,
    matching: [events(at('2026-08-27T00:00:00Z', items('X', 'PS')))],
    others: [events(at('2026-08-28T00:00:00Z', items('PS')), at('2026-08-27T00:00:00Z', items('X'))), nobody],
  },
  {
    number: 23,
    matching: [
      {
        ...events(flight('2026-08-01T00:00:00Z'), flight('2026-08-31T00:00:00Z')),
        ...home({ countryISO: 'US' }),
      },
    ],
    others: [
      {
        ...events(flight('2026-08-01T00:00:00Z'), flight('2026-09-01T00:00:00Z')),
        ...home({ countryISO: 'US' }),
      },
      { ...events(flight('2026-08-01T00:00:00Z')), ...home({ countryISO: 'US' }) },
      {
        ...events(flight('2026-08-01T00:00:00Z'), flight('2026-08-02T00:00:00Z')),
        ...home({ countryISO: 'FR' }),
      },
    ],
  },
  { number: 24, matching: [events({}, items('X', 'PS'))], others: [events(items('X')), events({}), nobody] },
  {
    number: 25,
    matching: [events(items('PS')), { ...events(items('X')), ...profile({ person: { gender: 'female' } }) }],
    others: [
      { ...events(items('X')), ...profile({ person: { gender: 'male' } }) },
      { ...events({}), ...profile({ person: { gender: 'female' } }) },
    ],
  },
  {
    number: 26,
    condition: '# = 2',
    matching: [events(...downloads('a', 'b'), { eventType: 'download' })],
    others: [
      events(...downloads('a')),
      events(...downloads('a'), at('2026-08-21T12:00:00Z', { eventType: 'download', contentType: 'image' })),
      nobody,
    ],
  },
  {
    number: 27,
    condition: '# = 30',
    matching: [
      events(
        at('2026-08-27T00:00:00Z', spent(10)),
        at('2026-08-21T12:00:00Z', spent(20)),
        at('2026-08-27T00:00:00Z', spent(9)),
        at('2026-08-21T11:59:59Z', spent(50)),
      ),
      events(
        at('2026-08-27T00:00:00Z', { commerce: { checkouts: { value: 1 }, order: { priceTotal: 5 } } }),
        at('2026-08-27T00:00:00Z', spent(25)),
      ),
    ],
    others: [events(at('2026-08-27T00:00:00Z', spent(29))), nobody],
  },
  {
    number: 28,
    condition: '(#).get("app") = 2',
    matching: [events(...downloads('app', 'book', 'app'), { eventType: 'view', product: 'app' })],
    others: [events(...downloads('app', 'book')), nobody],
  },
  {
    number: 29,
    condition: '(#).get("app").count = 2 and (#).get("app").sum = 4',
    matching: [events(...downloads('app', 'book', 'app'))],
    others: [events(...downloads('book', 'app', 'app')), events(...downloads('app')), nobody],
  },
  {
    number: 30,
    condition: '# = "NA"',
    matching: [home({ countryCode: 'MX' })],
    others: [home({ countryCode: 'FR' }), nobody],
  },
  { number: 31, matching: [events(happened('addToCart'))], others: [events(happened('view')), nobody] },
  {
    number: 32,
    matching: [{ ...events(happened('homePageView')), ...home({ countryCode: 'US' }) }],
    others: [
      { ...events(happened('homePageView')), ...home({ countryCode: 'FR' }) },
      { ...events(happened('view')), ...home({ countryCode: 'US' }) },
    ],
  },
  {
    number: 33,
    matching: [nobody, events(happened('view'))],
    others: [events(happened('view'), happened('homePageView'))],
  },
  {
    number: 34,
    matching: [events(happened('addToCart', '2026-08-20T12:00:01Z'))],
    others: [events(happened('addToCart', '2026-08-20T12:00:00Z')), events(happened('view')), nobody],
  },
  {
    number: 35,
    matching: [
      events(...[1, 2, 3, 4, 5].map((hour) => happened('homePageView', `2026-08-28T0${hour}:00:00Z`))),
    ],
    others: [
      events(...[1, 2, 3, 4].map((hour) => happened('homePageView', `2026-08-28T0${hour}:00:00Z`))),
      events(
        ...[1, 2, 3, 4].map((hour) => happened('homePageView', `2026-08-28T0${hour}:00:00Z`)),
        happened('homePageView', '2026-08-27T11:00:00Z'),
      ),
    ],
  },
  {
    number: 36,
    matching: [
      events({
        ...happened('addToCart'),
        externalSegmentMapProperty: { a: { stringProperty: 'gone' }, b: { stringProperty: 'active' } },
      }),
    ],
    others: [
      events({ ...happened('addToCart'), externalSegmentMapProperty: { a: { stringProperty: 'gone' } } }),
      events(happened('addToCart'), {
        ...happened('view'),
        externalSegmentMapProperty: { a: { stringProperty: 'active' } },
      }),
    ],
  },
  {
    number: 37,
    matching: [events(happened('Commerce.Checkouts', '2026-08-28T00:00:00Z'))],
    others: [
      events(happened('commerce.checkouts', '2026-08-27T23:59:59Z')),
      events(happened('commerce.checkout')),
    ],
  },
  {
    number: 38,
    matching: [
      {
        ...events(
          happened('commerce.checkouts', '2026-08-28T10:00:00Z'),
          happened('directMarketing.emailClicked', '2026-08-28T09:00:00Z'),
        ),
        ...profile({ workAddress: { country: 'us' } }),
      },
    ],
    others: [
      {
        ...events(
          happened('commerce.checkouts', '2026-08-28T09:00:00Z'),
          happened('directMarketing.emailClicked', '2026-08-28T10:00:00Z'),
        ),
        ...profile({ workAddress: { country: 'US' } }),
      },
      {
        ...events(
          happened('commerce.checkouts', '2026-08-28T09:00:00Z'),
          happened('directMarketing.emailClicked', '2026-08-28T09:00:00Z'),
        ),
        ...profile({ workAddress: { country: 'US' } }),
      },
    ],
  },
  {
    number: 39,
    matching: [{ ...events(happened('commerce.checkouts')), ...profile({ person: { gender: 'female' } }) }],
    others: [
      { ...events(happened('commerce.checkouts')), ...profile({ person: { gender: 'male' } }) },
      {
        ...events(happened('commerce.checkouts', '2026-08-27T11:59:59Z')),
        ...profile({ person: { gender: 'female' } }),
      },
    ],
  },
  {
    number: 40,
    matching: [
      {
        ...events({ productListItems: [{ name: 'x' }, { name: 'Montana Wind Jacket' }] }),
        ...profile({ person: { gender: 'male' } }),
      },
    ],
    others: [
      { ...events({ productListItems: [{ name: 'x' }] }), ...profile({ person: { gender: 'male' } }) },
      {
        ...events({ productListItems: [{ name: 'MONTANA WIND JACKET' }] }),
        ...profile({ person: { gender: 'female' } }),
      },
    ],
  },
  {
    number: 41,
    matching: [profile({ person: { birthMonth: 6 } })],
    others: [profile({ person: { birthMonth: 7 } }), nobody],
  },
  {
    number: 41,
    matching: [profile({ person: { birthMonth: 7 } })],
    others: [profile({ person: { birthMonth: 6 } }), nobody],
  },
  {
    number: 42,
    matching: [profile({ person: { favoriteColors: ['grey', 'blue'] } })],
    others: [
      profile({ person: { favoriteColors: ['grey', 'Blue'] } }),
      profile({ person: { favoriteColors: [] } }),
      nobody,
    ],
  },
  {
    number: 43,
    matching: [profile({ person: { orders: [{ storeId: 'a' }, { storeId: 'b' }] } })],
    others: [profile({ person: { orders: [{ storeId: 'a' }, { storeId: 'a' }, { price: 1 }] } }), nobody],
  },
  {
    number: 44,
    condition: '(#).storeId = "b"',
    matching: [
      profile({
        orders: [1, 2, 3, 9, 4, 5, 6].map((price) => ({ price, storeId: price === 9 ? 'b' : 'a' })),
      }),
    ],
    others: [
      profile({
        orders: [
          { price: 1, storeId: 'b' },
          { price: 2, storeId: 'a' },
        ],
      }),
      nobody,
    ],
  },
  {
    number: 45,
    matching: [events({ ...priced(51), ...items('PS') })],
    others: [events({ ...priced(50), ...items('PS') }), events(priced(51), items('PS')), nobody],
  },
  {
    number: 46,
    matching: [events(priced(51), priced(60)), nobody],
    others: [events(priced(51), priced(50)), events(priced(51), {})],
  },
  {
    number: 47,
    matching: [events(spent(60), spent(60), spent(5000, 'EUR'))],
    others: [events(spent(100)), events(spent(600), spent(400)), nobody],
  },
  {
    number: 48,
    matching: [events(spent(600), spent(401))],
    others: [events(spent(600), spent(400), spent(5000, 'EUR')), nobody],
  },
  {
    number: 49,
    matching: [
      profile({ product: { saleDate: '2026-08-17T00:00:00Z' } }),
      profile({ product: { saleDate: '2026-08-23T23:59:59.999Z' } }),
    ],
    others: [
      profile({ product: { saleDate: '2026-08-24T00:00:00Z' } }),
      profile({ product: { saleDate: '2026-08-16T23:59:59.999Z' } }),
      nobody,
    ],
  },
  {
    number: 50,
    matching: [
      profile({ product: { saleDate: '2015-01-08T00:00:00Z' } }),
      profile({ product: { saleDate: '2017-07-01T23:59:59Z' } }),
    ],
    others: [
      profile({ product: { saleDate: '2015-01-07T23:59:59Z' } }),
      profile({ product: { saleDate: '2017-07-02T00:00:00Z' } }),
    ],
  },
  {
    number: 51,
    matching: [events(at('2025-10-01T00:00:00Z')), events(at('2025-12-31T23:59:59Z'))],
    others: [events(at('2025-09-30T23:59:59Z'), at('2026-01-01T00:00:00Z')), nobody],
  },
  {
    number: 52,
    matching: [profile({ person: { birthday: '2026-08-25' } })],
    others: [
      profile({ person: { birthday: '2026-08-24' } }),
      profile({ person: { birthday: '2026-08-26' } }),
      nobody,
    ],
  },
  {
    number: 53,
    matching: [profile({ person: { birthdate: '1990-06-30' } })],
    others: [profile({ person: { birthdate: '1990-07-01', birthDate: '1990-06-30' } }), nobody],
  },
  {
    number: 53,
    matching: [profile({ person: { birthMonth: 8 } })],
    others: [profile({ person: { birthMonth: 7 } }), nobody],
  },
  {
    number: 54,
    condition: '# = "mit"',
    matching: [profile({ emailAddress: 'ada@mit.edu' })],
    others: [profile({ emailAddress: 'mit' }), profile({ emailAddress: 'ada@harvard.edu' }), nobody],
  },
  {
    number: 55,
    matching: [profile({ person: { name: 'john Doe' } }), profile({ person: { name: 'JOHNNY' } })],
    others: [profile({ person: { name: 'Up John' } }), nobody],
  },
  {
    number: 56,
    matching: [profile({ person: { age: 35 } }), profile({ person: { age: 0 } })],
    others: [profile({ person: { age: 36 } }), nobody],
  },
  {
    number: 57,
    condition: '# = "ECID"',
    matching: [profile({ identityMap: { Email: [{ id: 'a' }], ECID: [{ id: 'b' }] } })],
    others: [profile({ identityMap: { Email: [{ id: 'ECID' }] } }), nobody],
  },
  {
    number: 57,
    matching: [profile({ identityMap: { Email: [{ id: 'a@b.c' }] } })],
    others: [
      profile({ identityMap: { email: [{ id: 'a@b.c' }] } }),
      profile({ identityMap: { ECID: [{ id: 'b' }] } }),
      nobody,
    ],
  },
  {
    number: 58,
    matching: [profile({ segmentMembership: { ups: { [member]: { status: 'existing' } } } })],
    others: [
      profile({ segmentMembership: { ups: { [member]: { status: 'exited' } } } }),
      profile({ segmentMembership: { aam: { [member]: { status: 'existing' } } } }),
      nobody,
    ],
  },
  {
    number: 59,
    matching: [profile({ personalEmail: { address: 'Ada@TestXDMmail.COM' } })],
    others: [profile({ personalEmail: { address: 'ada@testxdmmail.com.au' } }), nobody],
  },
  {
    number: 60,
    matching: [events(pages(false), pages(true))],
    others: [events(pages(false)), events({}), nobody],
  },
  {
    number: 61,
    matching: [profile({ intField1: 12, intField2: 2 })],
    others: [profile({ intField1: 10, intField2: 2 }), profile({ intField1: 12, intField2: 0 }), nobody],
  },
  {
    number: 62,
    matching: [profile({ personalEmail: { address: 'a@b.c' } })],
    others: [profile({ workEmail: { address: 'a@b.c' } }), profile({ personalEmail: {} }), nobody],
  },
];
