/** A piece of work in two halves, of which the second needs the first. */
export interface Halves<Piece> {
  begin(piece: Piece): Promise<void>;
  end(piece: Piece): Promise<void>;
  /** When a piece has ended, and neither half of any piece runs. */
  clear(piece: Piece): Promise<void>;
}

/**
 * Begins each piece while the one before it is ended: in their order, and never more than one half of each kind at once.
 * @throws what the first half that failed threw, when the other one has come to its end too.
 */
export async function overlap<Piece>(pieces: Iterable<Piece>, halves: Halves<Piece>): Promise<void> {
  let begun: { readonly piece: Piece } | undefined;
  for (const piece of pieces) {
    await all([halves.begin(piece), ...(begun === undefined ? [] : [halves.end(begun.piece)])]);
    if (begun !== undefined) await halves.clear(begun.piece);
    begun = { piece };
  }
  if (begun === undefined) return;
  await halves.end(begun.piece);
  await halves.clear(begun.piece);
}

async function all(halves: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.all(halves);
  } finally {
    await Promise.allSettled(halves);
  }
}
