/** What may take the place of what. */
export interface UnreadRules<Change> {
  /** What a change is about; null: it is about everything, and nothing from before it is replaced any more. */
  keyOf(change: Change): string | null;
  /** Of the same key, and the last of it that is unread. */
  replaces(next: Change, unread: Change): boolean;
  /** The next one where the unread stood, before others that came after that. */
  inPlaceOf(next: Change, unread: Change): Change;
}

/** Up to so many are looked through; more have an index. */
const fewUnread = 8;

/** What waits for one reader, in the order in which he is to read it; what replaces another takes its place. */
export class UnreadChanges<Change> {
  private readonly items: Change[];
  /** By key, the place of the last, counted from the first that ever was. */
  private places: Map<string, number> | null = null;
  private takenCount = 0;

  constructor(first: Change) {
    this.items = [first];
  }

  get size(): number {
    return this.items.length;
  }

  add(change: Change, rules: UnreadRules<Change>): void {
    const key = rules.keyOf(change);
    const at = key === null ? -1 : this.lastOf(key, rules);
    const unread = this.items[at];
    if (unread !== undefined && rules.replaces(change, unread)) {
      const isLast = at === this.items.length - 1;
      this.items[at] = isLast ? change : rules.inPlaceOf(change, unread);
      return;
    }
    this.items.push(change);
    if (this.places === null) return;
    if (key === null) this.places.clear();
    else this.places.set(key, this.takenCount + this.items.length - 1);
  }

  /** The first; there has to be one. */
  take(): Change {
    this.takenCount += 1;
    return this.items.shift() as Change;
  }

  filter(isKept: (change: Change) => boolean): Change[] {
    return this.items.filter(isKept);
  }

  /** -1 where none is unread. */
  private lastOf(key: string, rules: UnreadRules<Change>): number {
    if (this.places === null && this.items.length < fewUnread) return lastAmong(this.items, key, rules);
    this.places ??= placesOf(this.items, this.takenCount, rules);
    const place = this.places.get(key);
    if (place === undefined) return -1;
    if (place < this.takenCount) this.places.delete(key);
    return Math.max(-1, place - this.takenCount);
  }
}

function lastAmong<Change>(items: readonly Change[], key: string, rules: UnreadRules<Change>): number {
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const other = rules.keyOf(items[at] as Change);
    if (other === key) return at;
    if (other === null) return -1;
  }
  return -1;
}

function placesOf<Change>(
  items: readonly Change[],
  firstPlace: number,
  rules: UnreadRules<Change>,
): Map<string, number> {
  const places = new Map<string, number>();
  items.forEach((item, at) => {
    const key = rules.keyOf(item);
    if (key === null) places.clear();
    else places.set(key, firstPlace + at);
  });
  return places;
}
