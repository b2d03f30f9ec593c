import type { CallerReading } from '../datasources/read-caller';

/** Who authenticated himself to this gateway. */
export interface Principal {
  /** Equal for the same one alone; tells keys and tokens apart. */
  readonly name: string;
  /** Sandboxes that he may use; null: all that the gateway may. */
  readonly sandboxes: readonly string[] | null;
  /** Undefined where his credential has no end. */
  readonly endsAt: Date | undefined;
}

export type Authentication =
  { readonly kind: 'principal'; readonly principal: Principal } | Extract<CallerReading, { kind: 'refused' }>;

/** Judges one kind of inbound credential. Never throws. */
export interface Authenticator {
  authenticate(secret: string): Authentication | Promise<Authentication>;
}

/** The refusal of somebody who is not known; it does not tell what was nearly right. */
export function unauthenticated(message: string): Authentication {
  return { kind: 'refused', code: 'UNAUTHENTICATED', message };
}
