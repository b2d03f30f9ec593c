import { hashOf } from './chance';
import type { VirtualTime } from './virtual-time';

/** What has happened in a history, line by line, and a hash of all of it. */
export class Trace {
  readonly lines: string[] = [];
  private hash = 0;
  private count = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly maxLines: number,
  ) {}

  add(words: string): void {
    const line = `${String(Math.round(this.time.nowMs)).padStart(7)} ${words}`;
    this.hash = hashOf(line, this.hash);
    this.count += 1;
    this.lines.push(line);
    if (this.lines.length > 2 * this.maxLines) this.lines.splice(0, this.lines.length - this.maxLines);
  }

  /** For people only: it may hold what differs from run to run. */
  note(words: () => string): void {
    if (this.maxLines === Infinity)
      this.lines.push(`${String(Math.round(this.time.nowMs)).padStart(7)}   ${words()}`);
  }

  get last(): readonly string[] {
    return this.lines.slice(-this.maxLines);
  }

  get digest(): string {
    return `${String(this.count)}:${this.hash.toString(16)}`;
  }
}
