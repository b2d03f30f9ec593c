import { seededRandom } from '../support/seeded-random';

/** Chances out of a seed. */
export interface Chance {
  /** 0 up to 1. */
  readonly unit: () => number;
  happens(share: number): boolean;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  oneOf<T>(items: readonly [T, ...T[]]): T;
  /** Undefined of none. */
  anyOf<T>(items: readonly T[]): T | undefined;
}

/** Each purpose has a stream of chances of its own: what one part draws moves nothing in another. */
export function chanceOf(seed: number, purpose: string): Chance {
  const unit = seededRandom(hashOf(purpose, seed));
  const anyOf = <T>(items: readonly T[]): T | undefined => items[Math.floor(unit() * items.length)];
  return {
    unit,
    happens: (share) => unit() < share,
    between: (least, most) => least + Math.floor(unit() * (most - least + 1)),
    oneOf: (items) => anyOf(items) ?? items[0],
    anyOf,
  };
}

/** 32 bits of a text: FNV-1a. */
export function hashOf(text: string, basis = 0): number {
  let hash = 0x811c9dc5 ^ basis;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
