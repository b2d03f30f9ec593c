/** The tables as Kysely sees them. Types that SQLite and PostgreSQL share: text, integer, bigint. */
export type StateTables = Record<never, never>;
