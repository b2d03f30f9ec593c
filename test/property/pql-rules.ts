import { fc } from '../support/fast-check';
import { hostileText } from './pql-arbitraries';

type Text = fc.Arbitrary<string>;

const quoted: Text = hostileText.map((one) => JSON.stringify(one));
const amount = fc.nat(40).map(String);
const unit = fc.constantFrom('seconds', 'hours', 'days', 'weeks', 'months', 'years', 'centuries');

interface Rules {
  readonly test: string;
  readonly number: string;
  readonly text: string;
  readonly time: string;
}

/** Fields that exist where bare names are those of the profile, of an event, or of an item of an event's list. */
const places = {
  profile: {
    number: [
      'person.age',
      'intField1',
      'orders.price',
      'person.birthDate.getMonth()',
      'person.birthDayAndMonth',
    ],
    text: ['homeAddress.city', 'person.favoriteColors', 'workEmail.address', 'xEvent.eventType', 'null'],
    time: [
      '_repo.modifyDate',
      'person.birthDate',
      'date(2024, 2, 29)',
      'xEvent.timestamp',
      '"2024-02-29T10:00:00Z"',
    ],
    test: ['homeAddress', 'workEmail.primary', 'xEvent', 'orders', 'person.favoriteColors'],
  },
  event: {
    number: ['commerce.order.priceTotal', 'productListItems.quantity', '^person.age'],
    text: ['eventType', 'productListItems.SKU', '^homeAddress.city'],
    time: ['timestamp', '^_repo.modifyDate'],
    test: ['commerce.order', 'productListItems', '^homeAddress', 'web.webPageDetails.isHomePage'],
  },
  item: {
    number: ['quantity', 'priceTotal', '^commerce.order.priceTotal', '^^person.age'],
    text: ['SKU', '^eventType', '^^homeAddress.city'],
    time: ['^timestamp', '^^person.birthDate'],
    test: ['productCategories', '^commerce.order', '^^homeAddress'],
  },
} as const;

const list = (values: Text): Text =>
  fc.array(values, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`);
const join = (parts: readonly Text[], separator = ''): Text =>
  fc.tuple(...parts).map((words) => words.join(separator));
const fixed = (word: string): Text => fc.constant(word);

/** Most likely well-typed tests at one place of a rule; lists nest down to `inner`. */
function testsAt(
  place: keyof typeof places,
  inner: readonly [list: string, test: Text, number: Text] | null,
): PlaceRules {
  const names = places[place];
  const trees = fc.letrec<Rules>((tie) => {
    const [test, number, text, time] = (['test', 'number', 'text', 'time'] as const).map(
      (kind) => tie(kind) as Text,
    );
    if (!test || !number || !text || !time) throw new Error('four kinds');
    const compare = fc.constantFrom(' = ', ' != ', ' < ', ' >= ');
    const reference = fc.oneof(
      fc.constantFrom('now', 'today', 'last week', 'this century', 'date(2026, 8, 27)'),
      time,
    );
    const overItems = inner === null ? [] : listTests(inner);
    return {
      number: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.constantFrom(...names.number),
        fc.constantFrom('0', '1', '2.5', '1e308', 'currentYear()'),
        join([fixed('('), number, fc.constantFrom(' + ', ' - ', ' * ', ' / ', ' % '), number, fixed(')')]),
        join([fixed('-('), number, fixed(')')]),
        join([fixed('if('), test, fixed(', '), number, fixed(', '), fc.oneof(number, text), fixed(')')]),
        ...(inner === null ? [] : [listNumbers(inner)]),
      ),
      text: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom(...names.text),
        quoted,
        join([fixed('if('), test, fixed(', '), text, fixed(', '), fc.oneof(text, number), fixed(')')]),
      ),
      time: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom(...names.time),
        join([fixed('if('), test, fixed(', '), time, fixed(', '), fc.oneof(time, number, text), fixed(')')]),
        join([fixed('date(2000 + '), number, fixed(', '), number, fixed(', 1)')]),
      ),
      test: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.constantFrom(...names.test),
        join([number, compare, fc.oneof(number, text)]),
        join([text, compare, fc.oneof(text, number)]),
        join([time, compare, fc.oneof(time, text, number)]),
        join([fixed('('), test, fc.constantFrom(' and ', ' or '), test, fixed(')')]),
        join([fixed('not('), test, fixed(')')]),
        join([number, fc.constantFrom(' in ', ' notIn '), list(number)]),
        join([text, fc.constantFrom(' in ', ' notIn '), list(text)]),
        join([text, fixed(' like '), text]),
        join([
          text,
          fc.constantFrom('.startsWith(', '.doesNotContain(', '.notEqualTo('),
          text,
          fc.constantFrom(')', ', false)'),
        ]),
        join([time, fixed(' occurs '), reference]),
        join([time, fixed(' occurs between '), reference, fixed(' and '), reference]),
        join([
          time,
          fc.constantFrom(' occurs < ', ' occurs != ', ' occurs >= '),
          fc.oneof(amount, number),
          fixed(' '),
          unit,
          fc.constantFrom(' before ', ' after ', ' from '),
          reference,
        ]),
        join([
          fixed('('),
          fc.oneof(number, text, time, test),
          fc.constantFrom(').isNull()', ').isNotNull()'),
        ]),
        ...overItems,
      ),
    };
  });
  return { test: trees.test, number: trees.number };
}

interface PlaceRules {
  readonly test: Text;
  readonly number: Text;
}

function listTests([items, test, number]: readonly [string, Text, Text]): readonly Text[] {
  return [
    join([fixed(`${items}[`), test, fixed(']')]),
    join([fixed(`${items}.exists(`), test, fixed(')')]),
    join([fixed(`(forall V from ${items} where V.isNotNull())`)]),
    join([fixed(`(select V from ${items}[`), test, fixed(']).count() > 1')]),
    join([fixed(`${items}.map(`), number, fixed(').includes(3)')]),
    join([fixed(`(let L = (${items}[`), test, fixed(']) in (L.count() > 1 or L.exists((x) => x = x)))')]),
    fixed(`(select V from ${items}, W from ${items}).count() > 1`),
    fixed(`(select V from ${items}, W from V.productListItems where W.quantity > 1).count() > 1`),
  ];
}

function listNumbers([items, test, number]: readonly [string, Text, Text]): Text {
  const aggregate = fc.constantFrom('sum', 'average', 'min', 'max');
  return fc.oneof(
    join([fixed(`${items}[`), test, fixed('].count()')]),
    join([fixed(`${items}[`), test, fixed('].'), aggregate, fixed('('), number, fixed(')')]),
    join([fixed(`${items}.map(`), number, fixed(').distinct().count()')]),
  );
}

const item = testsAt('item', null);
const event = testsAt('event', ['productListItems', item.test, item.number]);

/** Rules over profile, events and the items of events; most are well typed. */
export const ruleText: Text = testsAt('profile', ['xEvent', event.test, event.number]).test;
