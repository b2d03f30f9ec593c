import type { Corpus } from './case';

const at = (time: string): string => `2026-08-${time}Z`;

/** Rules that look at events again for each event, or for each item of a list. Source: docs/pql.md, "Lists and events". */
export const severalLooks: Corpus = {
  title: 'several looks at events',
  now: '2026-08-28T12:00:00Z',
  people: [
    {
      name: 'ada',
      profile: {
        person: { age: 30 },
        homeAddress: { countryISO: 'US' },
        orders: [{ price: 600 }, { price: 7 }],
      },
      events: [
        {
          timestamp: at('20T08:00:00'),
          id: 'a',
          type: 'FLIGHT',
          ts_flight: at('01T08:00:00'),
          eventType: 'view',
          commerce: { order: { priceTotal: 600 } },
          metrics: { commerce: { abandons: { value: 1 } } },
          productListItems: [{ SKU: 'PS', quantity: 2 }, { SKU: 'AI' }],
        },
        {
          timestamp: at('21T08:00:00'),
          id: 'b',
          type: 'FLIGHT',
          ts_flight: at('15T08:00:00'),
          eventType: 'buy',
          commerce: { order: { priceTotal: 500 } },
          metrics: { commerce: { abandons: { value: 2 } } },
          productListItems: [{ SKU: 'AI', quantity: 1 }],
        },
        { timestamp: at('21T09:00:00'), id: 'c', type: 'view', eventType: 'view' },
      ],
    },
    {
      name: 'bob',
      profile: { person: { age: 2 }, homeAddress: { countryISO: 'US' }, orders: [] },
      events: [
        {
          timestamp: at('20T08:00:00'),
          id: 'a',
          type: 'FLIGHT',
          ts_flight: at('01T08:00:00'),
          commerce: { order: { priceTotal: 7 } },
          metrics: { commerce: { abandons: { value: 1 } } },
        },
        {
          timestamp: at('01T08:00:00'),
          eventType: 'view',
          type: 'other',
          commerce: { order: { priceTotal: 1 } },
        },
      ],
    },
    { name: 'cyd', profile: { orders: [{ price: 1 }] } },
  ],
  cases: [
    {
      pql: 'select A1 from xEvent where A1.metrics.commerce.abandons.value > 0, A2 from xEvent where A2.metrics.commerce.abandons.value > 0 and A1.id != A2.id and A1.timestamp occurs < 2 days before A2.timestamp',
      matches: ['ada'],
    },
    {
      pql: 'select Order1 from xEvent where Order1.commerce.order, Order2 from xEvent where Order2.commerce.order and Order2.timestamp occurs < 2 weeks after Order1.timestamp',
      matches: ['ada'],
    },
    {
      pql: 'homeAddress.countryISO = "US" and (select O1 from xEvent where O1.commerce.order, O2 from xEvent where O2.commerce.order and O2.timestamp occurs < 2 weeks after O1.timestamp)',
      matches: ['ada'],
    },
    { pql: 'xEvent.eventType = xEvent.type', matches: ['ada'] },
    { pql: 'xEvent[commerce.order.priceTotal = ^orders.price]', matches: ['ada'] },
    { pql: 'orders[xEvent[commerce.order.priceTotal = ^price]]', matches: ['ada'] },
    {
      pql: 'exists o from orders where (select e from xEvent where e.commerce.order.priceTotal = o.price)',
      matches: ['ada'],
    },
    { pql: 'xEvent[commerce.order.priceTotal > $1.xEvent.count()]', matches: ['ada', 'bob'] },
    {
      pql: 'xEvent[commerce.order.priceTotal > $1.xEvent.average(commerce.order.priceTotal)]',
      matches: ['ada', 'bob'],
    },
    { pql: '(select o from orders, e from xEvent).count() = 6', matches: ['ada'] },
    {
      pql: '(select a from xEvent, b from xEvent where a.timestamp < b.timestamp).count() = 3',
      matches: ['ada'],
    },
    {
      pql: '(select a from xEvent, b from xEvent where a.timestamp < b.timestamp).count() = 1',
      matches: ['bob'],
    },
    {
      pql: '(sum a.commerce.order.priceTotal over a from xEvent, b from xEvent where b.eventType = "view") = 2200',
      matches: ['ada'],
    },
    { pql: 'xEvent.eventType in [if(xEvent, "view", "b")]', matches: ['ada', 'bob'] },
    { pql: 'xEvent.timestamp occurs < (xEvent.count() * 3) days before now', matches: ['ada'] },
    {
      pql: 'select X from xEvent where X.eventType = "buy", Y from xEvent where Y.timestamp occurs after X.timestamp and Y.eventType != X.eventType and X.commerce.order.priceTotal > person.age',
      matches: ['ada'],
    },
    {
      pql: 'forall X from xEvent where (exists Y from xEvent where Y.commerce.order.priceTotal > X.timestamp.getYear())',
      matches: ['cyd'],
    },
    {
      pql: 'exists E from xEvent, I from E.productListItems where (exists F from xEvent where F.timestamp > E.timestamp and F.productListItems.exists((J) => J.SKU = I.SKU))',
      matches: ['ada'],
    },
    { pql: 'xEvent[productListItems[^^xEvent.count() = 3 and quantity > 1]]', matches: ['ada'] },
    { pql: 'orders.price.subsetOf(xEvent.commerce.order.priceTotal)', matches: ['bob'] },
    { pql: 'xEvent.commerce.order.priceTotal.intersects(orders.price)', matches: ['ada'] },
  ],
};
