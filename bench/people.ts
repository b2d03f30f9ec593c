export interface DataSetSize {
  readonly profiles: number;
  readonly eventsPerProfile: number;
  /** True: a few people have most of the events, as in real data; false: all about as many. */
  readonly isSkewed: boolean;
  readonly seed: number;
}

/** Values of few kinds; rules name them too. */
export const countries = 'US CA MX GB DE FR IT ES JP BR IN AU NL SE CH PL TR KR AR ZA'.split(' ');
export const eventTypes = [
  'web.webpagedetails.pageViews',
  'commerce.productViews',
  'commerce.productListAdds',
  'commerce.checkouts',
  'commerce.purchases',
  'directMarketing.emailSent',
  'directMarketing.emailOpened',
  'directMarketing.emailClicked',
  'web.webinteraction.linkClicks',
  'application.launch',
  'media.play',
  'advertising.clicks',
];
export const sections = ['home', 'men', 'women', 'kids', 'sale', 'help'];
export const genders = ['male', 'female', 'not_specified'];
export const statuses = ['active', 'incomplete', 'blacklisted', 'blocked'];
const deviceTypes = ['mobile', 'desktop', 'tablet', 'tv'];

/** The 25 fields of a profile, beside its identities. */
export const profilePaths = [
  'person.name.firstName',
  'person.name.lastName',
  'person.gender',
  'person.maritalStatus',
  'person.nationality',
  'person.birthDate',
  'person.birthYear',
  'person.age',
  'homeAddress.street1',
  'homeAddress.city',
  'homeAddress.postalCode',
  'homeAddress.country',
  'homeAddress.countryCode',
  'workAddress.city',
  'workAddress.countryCode',
  'personalEmail.address',
  'personalEmail.status',
  'personalEmail.primary',
  'mobilePhone.number',
  'mobilePhone.status',
  '_repo.createDate',
  '_repo.modifyDate',
  'intField1',
  'intField2',
  'emailAddress',
] as const;

/** The 13 fields of an event. */
export const eventPaths = [
  '_id',
  'timestamp',
  'eventType',
  'producedBy',
  'commerce.order.priceTotal',
  'commerce.order.currencyCode',
  'commerce.purchases.value',
  'web.webPageDetails.name',
  'web.webPageDetails.siteSection',
  'environment.type',
  'device.type',
  'placeContext.geo.countryCode',
  'contentType',
] as const;

/** SELECT of the profiles as XDM, one row each. */
export function profilesSql({ profiles, seed }: DataSetSize): string {
  const { from, pick, time, some } = draws('i', seed);
  return `
    SELECT struct_pack("CRMID" := [struct_pack(id := 'p' || i, "primary" := true)],
        "Email" := [struct_pack(id := 'p' || i || '@example.com', "primary" := false)]) AS "identityMap",
      struct_pack(
        "name" := struct_pack("firstName" := 'First' || ${from(5_000)}, "lastName" := 'Last' || ${from(20_000)}),
        gender := ${pick(genders)}, "maritalStatus" := ${some(0.7, pick(['married', 'single', 'divorced']))},
        nationality := ${pick(countries)}, "birthDate" := CAST(DATE '1940-01-01' + CAST(${from(25_000)} AS INTEGER) AS VARCHAR),
        "birthYear" := 1940 + ${from(68)}, age := 18 + ${from(70)}) AS person,
      struct_pack(street1 := ${from(999)} || ' Main Street', city := 'City ' || ${from(1_000)},
        "postalCode" := CAST(10000 + ${from(90_000)} AS VARCHAR), country := ${pick(countries)},
        "countryCode" := ${pick(countries)}) AS "homeAddress",
      struct_pack(city := ${some(0.5, `'City ' || ${from(1_000)}`)}, "countryCode" := ${some(0.5, pick(countries))}) AS "workAddress",
      struct_pack(address := 'p' || i || '@example.com', status := ${pick(statuses)}, "primary" := ${from(2)} = 1) AS "personalEmail",
      struct_pack(number := '+1555' || ${from(9_999_999)}, status := ${pick(statuses)}) AS "mobilePhone",
      struct_pack("createDate" := ${time(2018, 5)}, "modifyDate" := ${time(2025, 1)}) AS _repo,
      ${from(100_000)} AS "intField1", ${some(0.8, from(1_000))} AS "intField2", 'p' || i || '@example.com' AS "emailAddress"
    FROM range(${profiles}) people(i)`;
}

/** SELECT of the events as XDM, in no order of people. */
export function eventsSql({ profiles, eventsPerProfile, isSkewed, seed }: DataSetSize): string {
  const { from, fraction, pick, time } = draws('n', seed + 1);
  const person = isSkewed ? `CAST(floor(pow(${fraction()}, 3) * ${profiles}) AS BIGINT)` : from(profiles);
  return `
    SELECT 'e' || n AS _id, "timestamp", "eventType", struct_pack("CRMID" := [struct_pack(id := 'p' || person)]) AS "identityMap",
      ${pick(['web', 'app', 'server'])} AS "producedBy",
      CASE WHEN "eventType" = 'commerce.purchases' THEN struct_pack(
        "order" := struct_pack("priceTotal" := CAST(${from(50_000)} AS DOUBLE) / 100, "currencyCode" := ${pick(['USD', 'EUR', 'GBP'])}),
        purchases := struct_pack("value" := 1 + ${from(3)})) END AS commerce,
      struct_pack("webPageDetails" := struct_pack("name" := 'Page ' || ${from(50)}, "siteSection" := ${pick(sections)})) AS web,
      struct_pack(type := ${pick(['browser', 'application', 'iot'])}) AS environment, struct_pack(type := ${pick(deviceTypes)}) AS device,
      struct_pack(geo := struct_pack("countryCode" := ${pick(countries)})) AS "placeContext",
      ${pick(['image', 'video', 'text'])} AS "contentType"
    FROM (
      SELECT n, ${person} AS person, ${time(2025, 1)} AS "timestamp", ${pick(eventTypes)} AS "eventType"
      FROM range(${profiles * eventsPerProfile}) events(n))`;
}

interface Draws {
  /** A whole number from 0 up to one less. */
  readonly from: (count: number) => string;
  /** A number from 0 up to, not including, 1. */
  readonly fraction: () => string;
  readonly pick: (values: readonly string[]) => string;
  /** An instant within so many years from the first day of one, as ISO text. */
  readonly time: (year: number, years: number) => string;
  /** The value for such a share of rows, null for the others. */
  readonly some: (share: number, value: string) => string;
}

/** Independent draws by hashing the number of a row and that of the draw: equal on every machine. */
function draws(row: string, seed: number): Draws {
  let count = 0;
  const bits = (): string => `(hash(${row} * 1000 + ${(count += 1)}, ${seed}) >> 11)`;
  const from = (limit: number): string => `CAST(${bits()} % ${limit} AS BIGINT)`;
  const fraction = (): string => `(${bits()} / 9007199254740992.0)`;
  return {
    from,
    fraction,
    pick: (values) => `[${values.map((value) => `'${value}'`).join(', ')}][1 + ${from(values.length)}]`,
    time: (year, years) =>
      `strftime(TIMESTAMP '${year}-01-01' + to_seconds(${from(years * 365 * 86_400)}), '%Y-%m-%dT%H:%M:%SZ')`,
    some: (share, value) => `CASE WHEN ${fraction()} < ${share} THEN ${value} END`,
  };
}
