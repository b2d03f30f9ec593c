/**
 * SELECT of `old_pid` and `new_pid`: where the people of one generation are in another, which may merge by another rule.
 * Whoever owns the identity by which a person was known is that person; several may have become one, and one whose
 * identities are gone is in no row. Both generations are attached, under these names.
 */
export function personMapSql({
  oldName,
  newName,
}: {
  readonly oldName: string;
  readonly newName: string;
}): string {
  return `
    SELECT o."#pid" AS old_pid, coalesce(min(CASE WHEN n.is_primary THEN n."#pid" END), min(n."#pid")) AS new_pid
    FROM ${oldName}.main.identity o JOIN ${newName}.main.identity n USING (namespace, id)
    WHERE o.is_primary GROUP BY o."#pid"`;
}
