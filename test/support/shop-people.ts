/** A small shop whose people can be counted by hand: what the rules must find is computed here in plain TypeScript. */
export interface ShopPerson {
  readonly email: string;
  readonly country: 'FR' | 'DE' | 'US';
  readonly purchases: number;
  readonly hasPhone: boolean;
}

export function createShopPeople(count: number): readonly ShopPerson[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `person-${index}@example.com`,
    country: (['FR', 'DE', 'US'] as const)[index % 3] ?? 'US',
    purchases: index % 5,
    hasPhone: index % 4 === 0,
  }));
}

export function profileOf(person: ShopPerson): Record<string, unknown> {
  return {
    _id: person.email,
    identityMap: {
      Email: [{ id: person.email, primary: true }],
      ...(person.hasPhone ? { Phone: [{ id: `+1${person.email}` }] } : {}),
    },
    person: { name: { firstName: 'P', lastName: person.email } },
    homeAddress: { countryCode: person.country },
    personalEmail: { address: person.email },
  };
}

export function eventsOf(person: ShopPerson): readonly Record<string, unknown>[] {
  return Array.from({ length: person.purchases }, (_, number) => ({
    _id: `${person.email}-${number}`,
    timestamp: new Date(Date.UTC(2026, 0, 1 + number)).toISOString(),
    eventType: 'commerce.purchases',
    identityMap: { Email: [{ id: person.email, primary: true }] },
    commerce: { order: { priceTotal: 10 * (number + 1), currencyCode: 'EUR' } },
  }));
}
