/** Into so many parts a round is divided. */
const partCount = 20;

/** Visits each who is on it once a round, some at a time, by one timer for all. */
export class Wheel<Rider> {
  private readonly parts = Array.from({ length: partCount }, () => new Set<Rider>());
  /** Visited last. */
  private at = 0;
  private count = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly roundMs: number,
    private readonly visit: (rider: Rider) => void,
  ) {}

  /** Is visited for the first time after nearly a whole round. */
  join(rider: Rider): void {
    this.parts[this.at]?.add(rider);
    this.count += 1;
    this.timer ??= setInterval(() => this.turn(), Math.max(1, this.roundMs / partCount));
  }

  leave(rider: Rider): void {
    if (!this.parts.some((part) => part.delete(rider))) return;
    this.count -= 1;
    if (this.count > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private turn(): void {
    this.at = (this.at + 1) % partCount;
    for (const rider of [...(this.parts[this.at] ?? [])]) this.visit(rider);
  }
}
