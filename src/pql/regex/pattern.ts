import { RE2JS } from 're2js';
import { readClass } from './character-class';
import { readEscape } from './escapes';
import { literal } from './literal';
import { PatternProblem, refuse } from './pattern-problem';
import { PatternText } from './pattern-text';
import { heaviestPattern, weightOfCharacter, weights } from './weights';

/** A pattern that the engine takes and matches in linear time. */
export interface Pattern {
  /** In the engine's words (RE2). No group captures but the one asked for, which is number 1. */
  readonly text: string;
  readonly groupCount: number;
}

export type PatternResult = { readonly pattern: Pattern } | { readonly problem: string };

/** Characters of a pattern at most, and brackets within each other. */
const longestPattern = 1000;
const deepestPattern = 100;
/** RE2's own limit. */
const mostRepeats = 1000;

/**
 * Reads a regular expression of Java and writes it down for RE2: what both read alike passes, what RE2 cannot do or
 * reads differently is refused by its name. Source: docs/pql.md, "Regular expressions".
 *
 * @param group the number of the group to capture, 0 for the whole match; null where none is needed.
 */
export function readPattern(text: string, group: number | null): PatternResult {
  if (text.length > longestPattern) {
    return { problem: `The pattern is longer than ${longestPattern} characters.` };
  }
  try {
    const pattern = new PatternReader(text, group).read();
    // The scanner lets nothing else through; should it ever, this says so before the engine does.
    RE2JS.compile(pattern.text);
    return { pattern };
  } catch (failure) {
    if (failure instanceof PatternProblem) return { problem: `The pattern ${failure.message}.` };
    if (failure instanceof Error && failure.name.startsWith('RE2JS')) {
      return { problem: `The pattern is none that can be matched: ${failure.message}.` };
    }
    throw failure;
  }
}

/** A part of a pattern, written for the engine. */
interface Part {
  readonly text: string;
  readonly weight: number;
  /** How often the engine copies its innermost piece; RE2 allows 1000. */
  readonly repeats: number;
  /** A place such as `^` or a setting of flags, which cannot be repeated. */
  readonly isPlace: boolean;
}

class PatternReader {
  private readonly text: PatternText;
  private readonly names = new Set<string>();
  private groupCount = 0;
  private depth = 0;

  constructor(
    text: string,
    private readonly group: number | null,
  ) {
    this.text = new PatternText(text);
  }

  read(): Pattern {
    const whole = this.alternatives();
    if (!this.text.isAtEnd) return refuse(String.raw`has a ")" too many: a ")" itself is written \)`);
    if (whole.weight > heaviestPattern) return refuse('is too large: it repeats large parts too often');
    if (this.group !== null && this.group > this.groupCount) {
      const has = this.groupCount === 1 ? 'one group' : `${this.groupCount} groups`;
      return refuse(`has ${this.groupCount === 0 ? 'no groups' : has}, not ${this.group}`);
    }
    const text = this.group === 0 ? `(${whole.text})` : whole.text;
    return { text, groupCount: this.groupCount };
  }

  /** `a|b|c` */
  private alternatives(): Part {
    const branches = [this.sequence()];
    while (this.text.take('|')) branches.push(this.sequence());
    return {
      text: branches.map(({ text }) => text).join('|'),
      weight: branches.reduce((sum, { weight }) => sum + weight + weights.mark, 0),
      repeats: Math.max(...branches.map(({ repeats }) => repeats)),
      isPlace: false,
    };
  }

  /** Pieces one after the other, each with how often it may stand there. */
  private sequence(): Part {
    const pieces: Part[] = [];
    while (!this.text.isAtEnd && !['|', ')'].includes(this.text.peek())) {
      const read = this.text.take('\\Q') ? this.quoted() : [this.piece()];
      const last = read.pop();
      if (last !== undefined) pieces.push(...read, this.repeated(last));
    }
    return {
      text: pieces.map(({ text }) => text).join(''),
      weight: pieces.reduce((sum, { weight }) => sum + weight, 0),
      repeats: Math.max(1, ...pieces.map(({ repeats }) => repeats)),
      isPlace: false,
    };
  }

  /** `\Q…\E`: characters that stand for themselves; an opened one may reach to the end. */
  private quoted(): Part[] {
    const characters: Part[] = [];
    while (!this.text.isAtEnd && !this.text.take('\\E')) characters.push(ofCharacter(this.text.next()));
    return characters;
  }

  private piece(): Part {
    const character = this.text.next();
    switch (character) {
      case '(':
        return this.bracket();
      case '[':
        return { ...readClass(this.text), repeats: 1, isPlace: false };
      case '\\':
        return this.escape();
      case '.':
        return { text: '.', weight: weights.class, repeats: 1, isPlace: false };
      case '^':
      case '$':
        return { text: character, weight: weights.mark, repeats: 1, isPlace: true };
      case '*':
      case '+':
      case '?':
        return refuse(`has a "${character}" with nothing before it that could be repeated`);
      case '{':
        return refuse(String.raw`has a "{" that begins no number of repeats: a "{" itself is written \{`);
      default:
        return ofCharacter(character);
    }
  }

  private escape(): Part {
    const escape = readEscape(this.text);
    switch (escape.kind) {
      case 'character':
        return ofCharacter(escape.character);
      case 'place':
        return { text: escape.text, weight: weights.mark, repeats: 1, isPlace: true };
      case 'class': {
        const weight = escape.isUnicode ? weights.unicodeClass : weights.class;
        return { text: `[${escape.text}]`, weight, repeats: 1, isPlace: false };
      }
    }
  }

  /** What follows an opening bracket. */
  private bracket(): Part {
    this.depth += 1;
    if (this.depth > deepestPattern) return refuse(`has brackets deeper than ${deepestPattern} levels`);
    const opening = this.opening();
    if (opening.isClosed) {
      this.depth -= 1;
      return { text: opening.text, weight: 0, repeats: 1, isPlace: true };
    }
    const inner = this.alternatives();
    if (!this.text.take(')'))
      return refuse(String.raw`has a "(" that is not closed: a "(" itself is written \(`);
    this.depth -= 1;
    return {
      ...inner,
      text: `${opening.text}${inner.text})`,
      weight: inner.weight + weights.mark,
    };
  }

  /** `(`, `(?:`, `(?<name>`, `(?i:`, or `(?i)`, which has no inside. */
  private opening(): { readonly text: string; readonly isClosed: boolean } {
    if (!this.text.take('?')) return this.capturing();
    for (const [mark, problem] of Object.entries(refusedBrackets)) {
      if (this.text.startsWith(mark)) return refuse(problem);
    }
    if (this.text.take('<') || this.text.take('P<')) {
      const name = this.text.takeWhile((one) => one !== '>');
      if (!this.text.take('>') || !/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
        return refuse('has a group whose name is none: letters and digits');
      }
      if (this.names.has(name)) return refuse(`has two groups of the name "${name}"`);
      this.names.add(name);
      return this.capturing();
    }
    const flags = this.text.takeWhile((one) => /^[A-Za-z-]$/.test(one));
    if (!/^([ims]*|[ims]*-[ims]+)$/.test(flags)) {
      return refuse(`sets flags ("(?${flags}") of which not all are supported: there are i, m and s`);
    }
    if (this.text.take(':')) return { text: `(?${flags}:`, isClosed: false };
    if (flags !== '' && this.text.take(')')) return { text: `(?${flags})`, isClosed: true };
    return refuse(`has a "(?${flags}" that begins no kind of group`);
  }

  private capturing(): { readonly text: string; readonly isClosed: boolean } {
    this.groupCount += 1;
    return { text: this.groupCount === this.group ? '(' : '(?:', isClosed: false };
  }

  /** `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each with a `?` where as few as possible are wanted. */
  private repeated(part: Part): Part {
    const count = this.count();
    if (count === null) return part;
    if (part.isPlace) return refuse(`repeats "${part.text}", which is a place and not a text`);
    if (this.text.peek() === '+') {
      return refuse(`has a possessive repetition ("${count.text}+"), which is not supported`);
    }
    const lazy = this.text.take('?') ? '?' : '';
    if (this.count() !== null)
      return refuse(`repeats a repetition ("${count.text}" and another): use brackets`);
    const repeats = part.repeats * count.copies;
    if (repeats > mostRepeats) return refuse(`repeats a part more than ${mostRepeats} times`);
    return {
      text: `${part.text}${count.text}${lazy}`,
      weight: part.weight * count.copies + weights.mark,
      repeats,
      isPlace: false,
    };
  }

  private count(): { readonly text: string; readonly copies: number } | null {
    const mark = this.text.peek();
    if (['*', '+', '?'].includes(mark)) return { text: this.text.next(), copies: 1 };
    if (mark !== '{') return null;
    this.text.next();
    const counts = this.text.takeWhile((one) => one !== '}');
    const parts = /^(\d{1,4})(?:(,)(\d{0,4}))?$/.exec(counts);
    if (parts === null || !this.text.take('}')) {
      return refuse(String.raw`has a "{" that begins no number of repeats: a "{" itself is written \{`);
    }
    const fewest = Number(parts[1]);
    const most = parts[3] === undefined || parts[3] === '' ? fewest : Number(parts[3]);
    if (most < fewest) return refuse(`repeats at least ${fewest} and at most ${most} times`);
    return { text: `{${counts}}`, copies: Math.max(1, most) };
  }
}

/** What may follow `(?` in Java and cannot be matched in linear time, or at all. */
const refusedBrackets: Readonly<Record<string, string>> = {
  '=': 'looks ahead ("(?="), which is not supported',
  '!': 'looks ahead ("(?!"), which is not supported',
  '<=': 'looks behind ("(?<="), which is not supported',
  '<!': 'looks behind ("(?<!"), which is not supported',
  '>': 'has an atomic group ("(?>"), which is not supported',
  '#': 'has a comment ("(?#"), which is not supported',
  'P=': 'refers back to a group ("(?P="), which is not supported',
};

function ofCharacter(character: string): Part {
  return { text: literal(character), weight: weightOfCharacter(character), repeats: 1, isPlace: false };
}
