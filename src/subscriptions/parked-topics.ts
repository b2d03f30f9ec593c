import type { Topic } from './topic';

/** Topics that nobody listens to any more, for those who come again at once. They do nothing, and hold nothing but memory. */
export class ParkedTopics {
  /** By name; who came first goes first. */
  private readonly topics = new Map<string, Topic>();

  add(topic: Topic): void {
    this.forgetStale();
    this.topics.delete(topic.name);
    this.topics.set(topic.name, topic);
  }

  /** Null where its last look is too long ago. */
  take(name: string): Topic | null {
    this.forgetStale();
    const topic = this.topics.get(name) ?? null;
    this.topics.delete(name);
    return topic?.isFresh === true ? topic : null;
  }

  clear(): void {
    this.topics.clear();
  }

  private forgetStale(): void {
    for (const [name, topic] of this.topics) {
      if (topic.isFresh && this.topics.size < maxParked) return;
      this.topics.delete(name);
    }
  }
}

const maxParked = 1_000;
