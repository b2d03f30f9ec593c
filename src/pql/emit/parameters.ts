type ParameterValue = string | number | boolean;

/**
 * Values of a statement, each bound once however often it is used. Nothing that a user wrote is ever part of
 * the SQL.
 */
export class Parameters {
  private readonly names = new Map<string, string>();
  private readonly values: Record<string, ParameterValue> = {};

  /** The placeholder of a value: `$p0`, `$p1`, … */
  bind(value: ParameterValue): string {
    const key = `${typeof value} ${value}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `p${this.names.size}`;
    this.names.set(key, `$${name}`);
    this.values[name] = value;
    return `$${name}`;
  }

  /** The values that a statement refers to; a value whose SQL came to nothing must not be bound. */
  usedIn(sql: string): Readonly<Record<string, ParameterValue>> {
    const names = new Set([...sql.matchAll(/\$(p[0-9]+)/g)].map(([, name]) => name));
    return Object.fromEntries(Object.entries(this.values).filter(([name]) => names.has(name)));
  }
}
