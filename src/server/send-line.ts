/** Who has something to send. */
export interface InLine {
  /** Kept by the line. */
  isInLine: boolean;
  turn(): void;
}

/** So many have their turn in one go: then others of the process have theirs. */
const turnsInOneGo = 500;

/**
 * Those who have something to send, in the order in which it came to them. The first alone at the end of what is under way,
 * for as a rule it begins what the others share with him: when they have their turn it is there, and none waits for it.
 */
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
    queueMicrotask(this.begin);
  }

  private readonly begin = (): void => {
    this.serve(1);
  };

  private readonly move = (): void => {
    this.serve(turnsInOneGo);
  };

  private serve(count: number): void {
    const until = this.served + count;
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
  }
}
