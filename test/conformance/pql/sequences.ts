import type { Corpus } from './case';

const at = (time: string): string => `2026-08-${time}:00Z`;
const event = (time: string, eventType: string, more: object = {}): object => ({
  timestamp: at(time),
  eventType,
  ...more,
});

/** `chain`. Source: docs/pql.md, "Sequences of events". */
export const sequences: Corpus = {
  title: 'sequences of events',
  now: '2026-08-28T12:00:00Z',
  people: [
    {
      name: 'ada',
      profile: {
        homeAddress: { countryCode: 'US' },
        workAddress: { country: 'us' },
        person: { gender: 'male', age: 2 },
      },
      events: [
        event('28T08:00', 'commerce.checkouts'),
        event('28T07:00', 'directMarketing.emailClicked'),
        event('27T10:00', 'view', {
          productListItems: [{ name: 'Montana wind jacket', quantity: 2, priceTotal: 3 }],
        }),
        event('27T10:00', 'cart'),
        event('27T11:00', 'view'),
        event('27T12:00', 'view'),
        event('20T12:00', 'addToCart'),
        event('10T12:00', 'addToCart'),
      ],
    },
    {
      name: 'bob',
      profile: { homeAddress: { countryCode: 'DE' }, workAddress: { country: 'US' }, person: { age: 4 } },
      events: [
        event('28T06:00', 'commerce.checkouts'),
        event('28T07:00', 'directMarketing.emailClicked'),
        event('26T10:00', 'cart'),
        event('26T11:00', 'view', { productListItems: [{ name: 'hat' }] }),
        event('26T11:00', 'view'),
        event('20T10:00', 'addToCart'),
      ],
    },
    { name: 'cyd', profile: { person: { gender: 'female' } } },
  ],
  cases: [
    { pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart")])', matches: ['ada', 'bob'] },
    {
      pql: 'homeAddress.countryCode = "US" and chain(xEvent, timestamp, [A: WHAT(eventType = "view")])',
      matches: ['ada'],
    },
    { pql: 'not(chain(xEvent, timestamp, [A: WHAT(eventType = "cart")]))', matches: ['cyd'] },
    {
      pql: 'chain(xEvent, timestamp, [X: WHAT(eventType = "cart") WHEN(< 2 days before now)])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view") WHEN(< 27 hours before now) COUNT(3) ] )',
      matches: ['ada'],
      sql: 'COUNT(CASE WHEN',
    },
    {
      pql: 'CHAIN(xEvent, timestamp, [C0: WHAT(eventType.equals("COMMERCE.checkouts", false)) WHEN(today)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'workAddress.country.equals("US", false) and CHAIN(xEvent, timestamp, [C0: WHAT(eventType.equals("directMarketing.emailClicked", false)) WHEN(today), C1: WHAT(eventType.equals("commerce.checkouts", false)) WHEN(today)])',
      matches: ['ada'],
      sql: '> a.a0, FALSE)',
    },
    {
      pql: 'person.gender in ["male"] and CHAIN(xEvent, timestamp, [C0: WHAT(productListItems.exists(name.equals("MONTANA WIND JACKET", false)))])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view") WHERE(productListItems.exists(quantity = ^^person.age))])',
      matches: ['ada'],
    },
    // The cart and the first view share an instant.
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "cart"), B: WHAT(eventType = "view") COUNT(2), C: WHAT(eventType = "view")])',
      matches: [],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "cart"), B: WHAT(eventType = "view") COUNT(2)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view"), B: WHAT(eventType = "view"), C: WHAT(eventType = "view")])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "view") COUNT(2), C: WHAT(eventType = "commerce.checkouts")])',
      matches: ['ada', 'bob'],
    },
    // The first addToCart is too early, the second is not: no greedy choice.
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart") WHEN(<= 1 week after A)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart") WHEN(> 10 days after A)])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart") WHEN(< 1 week after A), C: WHAT(eventType = "view") WHEN(< 2 hours after B) COUNT(2)])',
      matches: ['bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart"), C: WHAT(eventType = "view") WHEN(< 170 hours after A)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart") WHEN(< 1 month after A), C: WHAT(eventType = "view") WHEN(between B and A)])',
      matches: [],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "cart") WHEN(< 1 month after A), C: WHAT(eventType = "view") WHEN(> 16 days after A) WHEN(< 3 hours after B)])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "cart"), B: WHAT(eventType = "view") COUNT(= 2)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view"), B: WHAT(eventType = "view") COUNT(= 1)])',
      matches: ['ada'],
    },
    { pql: 'chain(xEvent, timestamp, [B: WHAT(eventType = "view") COUNT(= 0)])', matches: ['cyd'] },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "addToCart"), B: WHAT(eventType = "addToCart") COUNT(= 0)])',
      matches: ['ada', 'bob'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view") COUNT(2), B: WHAT(true) WHEN(< 60 minutes after A)])',
      matches: [],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(eventType = "view") COUNT(2), B: WHAT(true) WHEN(<= 60 minutes after A)])',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent[eventType = "view"], timestamp, [A: WHAT(productListItems), B: WHAT(true)])',
      matches: ['ada'],
    },
    {
      pql: 'xEvent[chain($1.xEvent, timestamp, [A: WHAT(eventType = ^eventType), B: WHAT(eventType = "addToCart")])]',
      matches: ['ada'],
    },
    {
      pql: 'chain(xEvent, timestamp, [A: WHAT(productListItems[priceTotal > ^^person.age]), B: WHAT(commerce.order.isNull()) WHEN(<= productListItems.count() days before A)])',
      matches: [],
    },
  ],
};
