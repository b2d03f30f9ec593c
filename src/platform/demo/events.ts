import { browsers, devices, pages, products } from './catalogue';
import type { Person } from './person';
import { createRandom, seedOf } from './random';
import type { Random } from './random';

const dayMs = 86_400_000;
/** Events lie in the 90 days before the end of the period. */
export const periodDays = 90;

export interface EventPeriod {
  readonly seed: number;
  /** End of the period, epoch ms. */
  readonly endsAt: number;
}

/** The person's events, oldest first. */
export function* eventsOf(
  person: Person,
  { seed, endsAt }: EventPeriod,
): Generator<Readonly<Record<string, unknown>>> {
  const random = createRandom(seedOf(seed + 1, person.index));
  const times = Array.from(
    { length: person.eventCount },
    () => endsAt - Math.floor(random.next() ** 1.3 * periodDays * dayMs) - 1,
  ).sort((a, b) => a - b);
  const device = devices[random.integer(0, devices.length - 1)];
  const browser = browsers[random.integer(0, browsers.length - 1)];
  for (const [number, time] of times.entries()) {
    yield {
      _id: `event-${person.index}-${number}`,
      timestamp: new Date(time).toISOString(),
      identityMap: identityOf(person, random),
      device: { model: device },
      environment: { browserDetails: { name: browser } },
      ...happening(random, person),
    };
  }
}

/** Half of the visits are logged in; the others carry the cookie alone. */
function identityOf({ email, ecid }: Person, random: Random): Record<string, unknown> {
  const cookie = { ECID: [{ id: ecid, primary: email === null }] };
  return email !== null && random.chance(0.5)
    ? { Email: [{ id: email, primary: true }], ...cookie }
    : { ECID: [{ id: ecid, primary: true }] };
}

function happening(random: Random, person: Person): Record<string, unknown> {
  if (random.chance(person.buysOften)) return purchase(random, person);
  return random.weighted<(random: Random, person: Person) => Record<string, unknown>>([
    [pageView, 60],
    [productView, 22],
    [cartAddition, 8],
    [cartAbandon, 5],
    [emailClick, 5],
  ])(random, person);
}

function pageView(random: Random): Record<string, unknown> {
  const name = pages[random.integer(0, pages.length - 1)];
  return {
    eventType: 'web.webpagedetails.pageViews',
    web: { webPageDetails: { name, isHomePage: name === 'home', pageViews: { value: 1 } } },
  };
}

function productView(random: Random, person: Person): Record<string, unknown> {
  return {
    eventType: 'commerce.productViews',
    commerce: { productViews: { value: 1 } },
    productListItems: [itemOf(random, person, 1)],
  };
}

function cartAddition(random: Random, person: Person): Record<string, unknown> {
  return {
    eventType: 'commerce.productListAdds',
    commerce: { productListAdds: { value: 1 } },
    productListItems: [itemOf(random, person, random.integer(1, 2))],
  };
}

function cartAbandon(): Record<string, unknown> {
  return { eventType: 'commerce.cartAbandons', commerce: { cartAbandons: { value: 1 } } };
}

function emailClick(): Record<string, unknown> {
  return { eventType: 'directMarketing.emailClicked', channel: { _type: 'email' } };
}

function purchase(random: Random, person: Person): Record<string, unknown> {
  const items = Array.from(
    {
      length: random.weighted([
        [1, 70],
        [2, 22],
        [3, 8],
      ] as const),
    },
    () => itemOf(random, person, random.integer(1, 2)),
  );
  const priceTotal = money(items.reduce((sum, item) => sum + item.priceTotal, 0));
  const purchaseID = `order-${person.index}-${random.integer(0, 999_999)}`;
  return {
    eventType: 'commerce.purchases',
    commerce: {
      purchases: { value: 1 },
      order: { purchaseID, currencyCode: person.country.currency, priceTotal },
    },
    productListItems: items,
  };
}

interface Item {
  readonly SKU: string;
  readonly name: string;
  readonly quantity: number;
  readonly priceTotal: number;
  readonly currencyCode: string;
}

function itemOf(random: Random, { country }: Person, quantity: number): Item {
  const { sku, name, price } = random.weighted(products);
  const factor = country.currency === 'JPY' ? 100 : 1;
  return {
    SKU: sku,
    name,
    quantity,
    priceTotal: money(price * quantity * factor),
    currencyCode: country.currency,
  };
}

const money = (amount: number): number => Math.round(amount * 100) / 100;
