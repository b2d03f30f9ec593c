/** A piece of work in two halves, of which the second needs the first. */
export interface Halves<Piece, Known> {
  begin(piece: Piece): Promise<void>;
  /** What the end needs that the begin does not make; worked out meanwhile. */
  know(piece: Piece): Promise<Known>;
  end(piece: Piece, known: Known): Promise<void>;
  /** When a piece has ended, and neither half of any piece runs. */
  clear(piece: Piece): Promise<void>;
}

/**
 * Begins each piece while the one before it is ended: in their order, never more than one begin at once, and never more
 * than one of what is done beside it.
 * @throws what failed first, when the other half has come to its end too.
 */
export async function overlap<Piece, Known>(
  pieces: Iterable<Piece>,
  halves: Halves<Piece, Known>,
): Promise<void> {
  let begun: { readonly piece: Piece; readonly known: Known } | undefined;
  const end = async (): Promise<void> => {
    if (begun !== undefined) await halves.end(begun.piece, begun.known);
  };
  for (const piece of pieces) {
    const beside = async (): Promise<Known> => {
      await end();
      return halves.know(piece);
    };
    const [known] = await all([beside(), halves.begin(piece)]);
    if (begun !== undefined) await halves.clear(begun.piece);
    begun = { piece, known };
  }
  await end();
  if (begun !== undefined) await halves.clear(begun.piece);
}

/** What all come to. @throws what failed first, when all have ended. */
export async function all<Work extends readonly Promise<unknown>[]>(
  work: readonly [...Work],
): Promise<{ -readonly [Key in keyof Work]: Awaited<Work[Key]> }> {
  try {
    return await Promise.all(work);
  } finally {
    await Promise.allSettled(work);
  }
}
