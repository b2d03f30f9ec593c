import { openEngine } from '../../src/platform/store/engine/engine';

/** A person of a hand-made generation. */
export interface SmallPerson {
  /** Ids by which this person is known, the first is the primary one; letters and digits. */
  readonly names: readonly string[];
  /** Codes of the namespaces that the person has an identity in. */
  readonly namespaces: readonly string[];
}

/** So that each run of the engine costs little. */
export const smallLimits = { threads: 1, memoryLimit: '500MB', tempFolder: '' };

/**
 * Writes a generation file with these people in this order, without events. `person.name.firstName` is the primary id,
 * so that a rule can say who is meant.
 */
export async function writeGeneration(path: string, people: readonly SmallPerson[]): Promise<void> {
  const engine = await openEngine({
    limits: smallLimits,
    attach: [{ path, as: 'gen', readOnly: false }],
  });
  try {
    const person = people.map(({ names }, pid) => `(${pid}::BIGINT, '${names[0] ?? ''}')`);
    const identity = people.flatMap(({ names }, pid) =>
      names.map((name, index) => `('email', '${name}', ${pid}::BIGINT, ${index === 0})`),
    );
    const namespace = people.flatMap(({ namespaces }, pid) =>
      namespaces.map((code) => `(${pid}::BIGINT, '${code}')`),
    );
    const some = 'WHERE pid IS NOT NULL';
    const values = (rows: readonly string[], columns: number): string =>
      `(VALUES ${[...rows, `(${Array.from({ length: columns }, () => 'NULL').join(', ')})`].join(', ')})`;
    await engine.run(`
      CREATE TABLE gen.main.profile_row AS
      SELECT pid AS "#pid", name AS "#xid", TIMESTAMP '2026-01-01' AS "#ingested_at", true AS "#has_record", name AS p0
      FROM ${values(person, 2)} t(pid, name) ${some}`);
    await engine.run(`
      CREATE TABLE gen.main.event_row AS
      SELECT "#pid", "#ingested_at", 0::BIGINT AS "#event" FROM gen.main.profile_row WHERE false`);
    await engine.run(`
      CREATE TABLE gen.main.identity AS
      SELECT namespace, id, pid AS "#pid", is_primary FROM ${values(identity, 4)} t(namespace, id, pid, is_primary) ${some}`);
    await engine.run(`
      CREATE TABLE gen.main.owner AS SELECT "#pid", "#pid"::INTEGER AS "set" FROM gen.main.profile_row`);
    await engine.run(`
      CREATE TABLE gen.main.namespace_set AS
      SELECT pid::INTEGER AS "set", code FROM ${values(namespace, 2)} t(pid, code) ${some}`);
    await engine.run(`
      CREATE TABLE gen.main.present AS SELECT 'profile' AS entity, 'person.name.firstName' AS path, 'p0' AS "column"`);
    await engine.run('DETACH gen');
  } finally {
    engine.close();
  }
}
