/**
 * Sends requests in one call that are made within one tick, or while an earlier call is under way; one call at a time, so
 * that they arrive in order.
 */
export class CallBatch<Request, Answer> {
  private waiting: Waiting<Request, Answer>[] = [];
  private isSending = false;

  constructor(
    private readonly send: (requests: readonly Request[]) => Promise<readonly Answer[]>,
    private readonly maxRequests = 500,
  ) {}

  add(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (!this.isSending) void this.sendAll();
    });
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    // Whatever else is asked for in this tick comes along.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.sendOnce(this.waiting.splice(0, this.maxRequests));
    this.isSending = false;
  }

  private async sendOnce(batch: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await this.send(batch.map(({ request }) => request));
      batch.forEach(({ resolve, reject }, at) => {
        const answer = answers[at];
        if (answer === undefined) reject(new Error('A call answered fewer requests than it was sent'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) {
        reject(error instanceof Error ? error : new Error('Something that is no Error was thrown'));
      }
    }
  }
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}
