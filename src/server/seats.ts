/** So many of something for each owner, and no more. */
export interface Seats<Owner> {
  readonly limit: number;
  /** How to give the seat back, which counts once; null where all of the owner's are taken. */
  take(owner: Owner): (() => void) | null;
}

export function createSeats<Owner>(limit: number): Seats<Owner> {
  const taken = new Map<Owner, number>();
  return {
    limit,
    take(owner) {
      const count = taken.get(owner) ?? 0;
      if (count >= limit) return null;
      taken.set(owner, count + 1);
      let isGivenBack = false;
      return () => {
        if (isGivenBack) return;
        isGivenBack = true;
        const left = (taken.get(owner) ?? 1) - 1;
        if (left === 0) taken.delete(owner);
        else taken.set(owner, left);
      };
    },
  };
}
