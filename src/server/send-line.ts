/** Who has something to send. */
export interface InLine {
  /** Kept by the line. */
  isInLine: boolean;
  turn(): void;
}

/** So many have their turn in one go: then others of the process have theirs. */
const turnsInOneGo = 500;

/** Those who have something to send, in the order in which it came to them; the first at the end of what is under way. */
export class SendLine {
  private waiting: InLine[] = [];
  private served = 0;
  private isMoving = false;

  /** @param fail is told of a turn that failed for a reason of our own. */
  constructor(private readonly fail: (error: unknown) => void) {}

  add(one: InLine): void {
    if (one.isInLine) return;
    one.isInLine = true;
    this.waiting.push(one);
    if (this.isMoving) return;
    this.isMoving = true;
    queueMicrotask(this.move);
  }

  private readonly move = (): void => {
    const until = this.served + turnsInOneGo;
    for (let one = this.waiting[this.served]; one !== undefined; one = this.waiting[this.served]) {
      if (this.served === until) {
        setImmediate(this.move);
        return;
      }
      this.served += 1;
      one.isInLine = false;
      try {
        one.turn();
      } catch (error) {
        this.fail(error);
      }
    }
    this.waiting = [];
    this.served = 0;
    this.isMoving = false;
  };
}
