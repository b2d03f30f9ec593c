import { createHash } from 'node:crypto';
import { chunksOf } from '../../lib/chunks-of';

/** Turns topics into short messages for the other replicas, and theirs into those topics that this one knows. */
export interface TopicHints {
  /** From now on, until it was forgotten, a hint for this topic is understood. */
  know(topics: readonly string[]): void;
  /** Forgets what was not named since the call before last. */
  forgetUnused(): void;
  write(topics: Iterable<string>): readonly string[];
  /** Those topics of a message that are known; none of a message of one's own. */
  read(payload: string): readonly string[];
}

/** Messages hold less than 8000 bytes; one topic takes 23 of them. */
const topicsPerMessage = 300;

export function createTopicHints(replica: string): TopicHints {
  let recent = new Map<string, string>();
  let older = new Map<string, string>();
  return {
    know: (topics) => {
      for (const topic of topics) recent.set(shortened(topic), topic);
    },
    forgetUnused: () => {
      older = recent;
      recent = new Map();
    },
    write: (topics) =>
      chunksOf([...topics].map(shortened), topicsPerMessage).map((hashes) => [replica, ...hashes].join(' ')),
    read: (payload) => {
      const [sender, ...hashes] = payload.split(' ');
      if (sender === replica) return [];
      return hashes.flatMap((hash) => recent.get(hash) ?? older.get(hash) ?? []);
    },
  };
}

function shortened(topic: string): string {
  return createHash('sha256').update(topic).digest('base64url').slice(0, 22);
}
