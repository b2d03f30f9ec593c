import { isRecord } from '../lib/is-record';
import type { JsonMap } from './documents';
import { definitionOf } from './inline';
import { isSecretMacro } from './known-macros';
import type { Macro, PathStep } from './macro';
import { parseText, printPath } from './macro';
import { holdsMask } from './mask';
import { isSecretName, secretMask } from './secret-names';
import type { Template } from './template';
import { givenValue, valueAtPath } from './values';

/** The audience that a request is about. */
export interface SegmentFacts {
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** Its id in the destination; none before it has been created there. */
  readonly alias?: string | null | undefined;
  readonly metadata?: JsonMap | null | undefined;
}

export interface Facts {
  readonly segment: SegmentFacts | null;
  /** By nested or dotted keys; they come before the segment's own. */
  readonly values: JsonMap;
  /** What is known without being given, as `userContext.imsOrgId`; keys as in `values`, which come first. */
  readonly surroundings?: JsonMap | undefined;
}

/** What macros stand for while one request is made. Remembers which of them stand for nothing. */
export class Scope {
  private readonly missing = new Set<string>();
  private readonly secretTexts = new Set<string>();
  /** True while a definition of `audience` or `credential` is filled in, which cannot lean on another one. */
  private isWithinMap = false;

  constructor(
    private readonly template: Template,
    private readonly facts: Facts,
    /** True where the request is to be shown: credentials become the mask. */
    private readonly isShown: boolean,
  ) {}

  /** Macros without a value so far, without braces; what stands in `audience` and `credential` is named by itself. */
  get unresolved(): readonly string[] {
    return [...this.missing];
  }

  /** The values of the credentials that were asked for, as text; never to be shown. */
  get secrets(): readonly string[] {
    return [...this.secretTexts];
  }

  /** The value of a macro, of any JSON type; undefined where it has none, which is remembered. */
  valueOf(path: readonly PathStep[]): unknown {
    const value = this.find(path);
    if (value === undefined || value === null) return undefined;
    if (!isSecretPath(path)) return value;
    this.secretTexts.add(textOf(value));
    return this.isShown ? secretMask : value;
  }

  /**
   * A JSON value with the macros of its texts replaced, in one pass: a value that holds braces stays as it is. A text
   * that is one macro takes the value with its type; within a longer text a value stands as text.
   */
  fillTree(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => this.fillTree(item));
    if (isRecord(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.fillTree(item)]));
    }
    if (typeof value !== 'string') return value;
    const parts = parseText(value);
    const [only] = parts;
    if (parts.length === 1 && only?.kind === 'macro') {
      const found = this.filtered(only);
      return found === undefined ? value : found;
    }
    return this.fillText(value, (text) => text);
  }

  /** A text with each macro replaced by its value as text, written by `encode`. Macros without a value stay. */
  fillText(text: string, encode: (value: string, macro: Macro) => string): string {
    return parseText(text)
      .map((part) => {
        if (part.kind === 'script') this.missing.add('{% … %}');
        if (part.kind !== 'macro') return part.text;
        const value = this.filtered(part);
        return value === undefined ? part.text : encode(textOf(value), part);
      })
      .join('');
  }

  private filtered(macro: Macro): unknown {
    const value = this.valueOf(macro.path);
    if (value === undefined) return undefined;
    return macro.filters.includes('toJson') ? JSON.stringify(value) : value;
  }

  private find(path: readonly PathStep[]): unknown {
    const given = givenValue(this.facts.values, path);
    if (given !== undefined && given !== null) return given;
    const defined = this.isWithinMap ? undefined : definitionOf(path, this.template);
    if (defined !== undefined) {
      // Who keeps a secret to himself shows the mask, which is nothing to be sent.
      if (holdsMask(defined) && !this.isShown) {
        this.missing.add(printPath(path));
        return undefined;
      }
      this.isWithinMap = true;
      const filled = this.fillTree(defined);
      this.isWithinMap = false;
      return filled;
    }
    const own =
      path[0] === 'segment'
        ? valueAtPath(this.facts.segment, path.slice(1))
        : givenValue(this.facts.surroundings ?? {}, path);
    if (own === undefined || own === null) this.missing.add(printPath(path));
    return own;
  }
}

/** A value that came under a name that tells is a secret too, whichever macro it was given for. */
function isSecretPath(path: readonly PathStep[]): boolean {
  return isSecretMacro(path) || path.some((step) => typeof step === 'string' && isSecretName(step));
}

/** A value within a text; maps and lists as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
