import type { Corpus } from './case';

const order = { price: 5, storeId: 's1' };

/** Null in every place: lists that are not there, items that are not there, amounts. Source: docs/pql.md, "Values". */
export const nulls: Corpus = {
  title: 'nulls',
  now: '2026-01-01T00:00:00Z',
  people: [
    { name: 'nothing' },
    { name: 'no items', profile: { orders: [] } },
    { name: 'null item', profile: { orders: [null] } },
    { name: 'bare item', profile: { orders: [{}] } },
    {
      name: 'order',
      profile: { orders: [order, null], _repo: { modifyDate: '2026-01-01T00:00:00Z' } },
      events: [{ productListItems: [null, { productCategories: [{}] }] }],
    },
  ],
  cases: [
    { pql: 'orders', matches: ['bare item', 'order'] },
    { pql: 'orders.count() = 1', matches: ['bare item', 'order'] },
    { pql: 'orders.exists(^person.age.isNull())', matches: ['bare item', 'order'] },
    { pql: '(select O from orders).count() = 0', matches: ['nothing', 'no items', 'null item'] },
    { pql: 'forall O from orders where O.price = 5', matches: ['nothing', 'no items', 'null item', 'order'] },
    { pql: 'xEvent.productListItems.count() = 1', matches: ['order'] },
    { pql: 'xEvent.productListItems.productCategories.isNotNull()', matches: ['order'] },
    { pql: 'orders.storeId.subsetOf(["s1"])', matches: ['no items', 'null item', 'bare item', 'order'] },
    { pql: 'orders.storeId.subsetOf([])', matches: ['no items', 'null item', 'bare item'] },
    {
      pql: 'orders.storeId.distinct().supersetOf([])',
      matches: ['no items', 'null item', 'bare item', 'order'],
    },
    {
      pql: 'orders.map(price).subsetOf(orders.price)',
      matches: ['no items', 'null item', 'bare item', 'order'],
    },
    { pql: '[person.age, 5].subsetOf(orders.price)', matches: ['order'] },
    { pql: '_repo.modifyDate occurs <= intField1 days from date(2026, 1, 1)', matches: [] },
    { pql: '_repo.modifyDate occurs <= orders.count() days from date(2026, 1, 1)', matches: ['order'] },
  ],
};
