/** True where PQL can spell the name of a field; data under other names are kept, but no rule can name them. */
export function isPqlName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name);
}

const longestName = 100;

/**
 * Why a field of this name cannot be held as a field of its own; undefined where it can. Dots part the names of a path,
 * `#` starts the names of system columns, and `~2` ends those of fields that differ in case alone.
 */
export function whyNotHeld(name: string): string | undefined {
  if (name === '') return 'it has no name';
  if (name.includes('.')) return 'there is a dot in its name: nest it into objects instead';
  if (name.startsWith('#')) return 'its name starts with "#"';
  if (/~\d+$/u.test(name)) return 'its name ends in "~" and a number';
  if (name.length > longestName) return `its name has more than ${longestName} characters`;
  if (hasControl(name)) return 'there is a control character in its name';
  return name === '__proto__' ? 'its name is taken' : undefined;
}

function hasControl(name: string): boolean {
  return Array.from(name).some(
    (character) => (character.codePointAt(0) ?? 0) < 0x20 || character === '\u007F',
  );
}
