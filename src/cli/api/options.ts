import { InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../errors/command-error';
import type { Call } from './verb';

/** An option with a text, by what it is for. */
export function textOption(flags: string, description: string): Option {
  return new Option(flags, description);
}

/** An option that may come several times, or hold several texts with commas between. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    ...text.split(',').map((part) => part.trim()),
  ]);
}

/** An option that stands for one word of the schema, in whatever case it is written. */
export function wordOption(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, `${description}: ${words.join(', ')}`).argParser((text: string) => {
    const word = text.toUpperCase().replaceAll('-', '_');
    if (words.includes(word)) return word;
    throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
  });
}

export function countOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new InvalidArgumentError('It must be a whole number from 1.');
  });
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h`; milliseconds inside. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    const [, count, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
    if (count !== undefined) return Number(count) * (unitMs[unit] ?? 1000);
    throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 2h.');
  });
}

export function text(call: Pick<Call, 'options'>, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function number(call: Pick<Call, 'options'>, name: string): number | undefined {
  const value = call.options[name];
  return typeof value === 'number' ? value : undefined;
}

export function flag(call: Pick<Call, 'options'>, name: string): boolean {
  return call.options[name] === true;
}

export function texts(call: Pick<Call, 'options'>, name: string): readonly string[] | undefined {
  const value = call.options[name];
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}

/** Leaves out what was not said, so that the gateway's own defaults count. */
export function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A JSON object from a text, or from a file behind `@`; `@-` is standard input. */
export async function jsonObject(
  call: Call,
  name: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const said = text(call, name);
  if (said === undefined) return undefined;
  const source = said.startsWith('@') ? await call.readFile(said.slice(1)) : said;
  try {
    const value: unknown = JSON.parse(source);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below, with what is not an object.
  }
  throw new CommandError(`--${name} must be a JSON object, or @file with one.`, 2);
}

/** The rule that was given, as an ExpressionInput: `--pql`, or `--pql-file` with PQL or a pql/json tree. */
export async function expression(call: Call): Promise<Readonly<Record<string, unknown>> | undefined> {
  const path = text(call, 'pqlFile');
  const inline = text(call, 'pql');
  if (path !== undefined && inline !== undefined)
    throw new CommandError('Say --pql or --pql-file, not both.', 2);
  const rule = path === undefined ? inline : await call.readFile(path);
  if (rule === undefined) return undefined;
  if (!rule.trimStart().startsWith('{')) return { text: rule.trim() };
  try {
    return { json: JSON.parse(rule) as unknown };
  } catch {
    throw new CommandError('The rule begins like JSON and is none.', 2);
  }
}

export const ruleOptions: readonly Option[] = [
  textOption('--pql <rule>', 'the rule, e.g. \'homeAddress.countryISO = "FR"\''),
  textOption(
    '--pql-file <path>',
    'a file with the rule, as PQL or as a pql/json tree; "-" is standard input',
  ),
];

/** The arguments of a verb, by their places; commander has seen to it that they are there. */
export function argument(call: Pick<Call, 'args'>, index = 0): string {
  return call.args[index] ?? '';
}
