/** What the invented shop sells and who the invented people are. */
export interface Country {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly cities: readonly [City, ...City[]];
  readonly phonePrefix: string;
}

export interface City {
  readonly name: string;
  readonly stateProvince: string;
  readonly postalCode: string;
}

const city = (name: string, stateProvince: string, postalCode: string): City => ({
  name,
  stateProvince,
  postalCode,
});

/** Five countries with the share of people who live there. */
export const countries: readonly (readonly [Country, number])[] = [
  [
    {
      code: 'US',
      name: 'United States',
      currency: 'USD',
      phonePrefix: '+1555',
      cities: [
        city('San Jose', 'CA', '95110'),
        city('Portland', 'OR', '97201'),
        city('New York', 'NY', '10001'),
        city('Austin', 'TX', '78701'),
      ],
    },
    40,
  ],
  [
    {
      code: 'DE',
      name: 'Germany',
      currency: 'EUR',
      phonePrefix: '+49151',
      cities: [city('Berlin', 'BE', '10115'), city('Hamburg', 'HH', '20095'), city('Munich', 'BY', '80331')],
    },
    20,
  ],
  [
    {
      code: 'FR',
      name: 'France',
      currency: 'EUR',
      phonePrefix: '+336',
      cities: [city('Paris', 'IDF', '75001'), city('Lyon', 'ARA', '69001'), city('Lille', 'HDF', '59000')],
    },
    16,
  ],
  [
    {
      code: 'GB',
      name: 'United Kingdom',
      currency: 'GBP',
      phonePrefix: '+447',
      cities: [city('London', 'ENG', 'EC1A'), city('Glasgow', 'SCT', 'G1'), city('Cardiff', 'WLS', 'CF10')],
    },
    14,
  ],
  [
    {
      code: 'JP',
      name: 'Japan',
      currency: 'JPY',
      phonePrefix: '+8190',
      cities: [city('Tokyo', '13', '100-0001'), city('Osaka', '27', '530-0001')],
    },
    10,
  ],
];

export const firstNames = {
  female: [
    'Ada',
    'Grace',
    'Marie',
    'Emmy',
    'Sofia',
    'Katherine',
    'Barbara',
    'Rosalind',
    'Hedy',
    'Yuki',
    'Claire',
    'Lena',
  ],
  male: [
    'Alan',
    'Edsger',
    'Niklaus',
    'Donald',
    'Kenji',
    'Louis',
    'Tim',
    'Carl',
    'Henri',
    'George',
    'Jonas',
    'Oliver',
  ],
} as const;

export const lastNames = [
  'Lovelace',
  'Hopper',
  'Curie',
  'Noether',
  'Turing',
  'Dijkstra',
  'Wirth',
  'Knuth',
  'Tanaka',
  'Pasteur',
  'Schmidt',
  'Dubois',
  'Fischer',
  'Moreau',
  'Taylor',
  'Suzuki',
] as const;

export interface Product {
  readonly sku: string;
  readonly name: string;
  /** In the buyer's currency; yen prices are a hundred times as many. */
  readonly price: number;
}

export const products: readonly (readonly [Product, number])[] = [
  [{ sku: 'TEE-01', name: 'Organic tee', price: 19.9 }, 30],
  [{ sku: 'CAP-02', name: 'Canvas cap', price: 24.5 }, 18],
  [{ sku: 'SHOE-03', name: 'Trail shoe', price: 119 }, 14],
  [{ sku: 'JKT-04', name: 'Montana wind jacket', price: 189 }, 10],
  [{ sku: 'BAG-05', name: 'Day pack', price: 79 }, 12],
  [{ sku: 'TENT-06', name: 'Two-person tent', price: 349 }, 4],
  [{ sku: 'MUG-07', name: 'Enamel mug', price: 12 }, 12],
];

export const loyaltyTiers = ['none', 'silver', 'gold', 'platinum'] as const;
export const devices = ['iPhone 17', 'Pixel 11', 'Galaxy S27', 'MacBook', 'ThinkPad'] as const;
export const browsers = ['Chrome', 'Safari', 'Firefox', 'Edge'] as const;
export const pages = ['home', 'product', 'category', 'search', 'account', 'cart'] as const;
