import { eventsOf } from './events';
import { createPerson } from './person';

export interface DemoSize {
  readonly profiles: number;
  readonly seed: number;
  /** End of the 90 days in which the events lie, epoch ms: pass now, so that a rule over the last week finds people. */
  readonly endsAt: number;
}

export interface DemoData {
  /** One XDM profile a line. */
  profiles(): Iterable<string>;
  /** One XDM event a line, about ten for each profile. */
  events(): Iterable<string>;
}

/** Invents a shop's customers and what they did. The same size, seed and end give the same lines, to the letter. */
export function generateDemo(size: DemoSize): DemoData {
  return { profiles: () => profileLines(size), events: () => eventLines(size) };
}

function* profileLines({ profiles, seed }: DemoSize): Generator<string> {
  for (let index = 0; index < profiles; index++) yield JSON.stringify(createPerson(seed, index).record);
}

function* eventLines({ profiles, seed, endsAt }: DemoSize): Generator<string> {
  for (let index = 0; index < profiles; index++) {
    for (const event of eventsOf(createPerson(seed, index), { seed, endsAt })) yield JSON.stringify(event);
  }
}
