import { Option } from 'commander';
import type { Connection, UserError } from '../../client';
import { CommandError } from '../../errors/command-error';
import type { ExitCode } from '../../errors/command-error';
import { userErrorsFailure } from './failures';
import { argument, countOption, flag, number } from './options';
import { printRow, printRows } from './output';
import type { ApiDocument, Call, Column, Row, Verb } from './verb';
import { valueAt } from './verb';

interface Sentence {
  readonly description: string;
  readonly options?: readonly Option[];
  readonly text: string;
  readonly columns: readonly Column[];
  readonly variables?: (call: Call) => Row | Promise<Row>;
}

interface RowPage extends Connection {
  readonly nodes: readonly Row[];
}

const defaultLimit = 20;
const longestPage = 100;

/** `list`: a connection as `result`, page after page; the document has `$first` and `$after`. */
export function listVerb({ usage = 'list', ...rest }: Sentence & { readonly usage?: string }): Verb {
  const document: ApiDocument = { text: rest.text, rows: 'result.nodes', columns: rest.columns };
  return {
    usage,
    description: rest.description,
    options: [
      ...(rest.options ?? []),
      countOption('--limit <n>', `so many at most (default: ${defaultLimit})`),
      new Option('--all', 'all of them'),
    ],
    documents: [document],
    run: async (call) => {
      const variables = (await rest.variables?.(call)) ?? {};
      await printPages(call, document, variables);
      return 0;
    },
  };
}

async function printPages(call: Call, { text, columns }: ApiDocument, variables: Row): Promise<void> {
  const limit = flag(call, 'all') ? Infinity : (number(call, 'limit') ?? defaultLimit);
  const rows: Row[] = [];
  let count = 0;
  const pages = call.client.pages<{ readonly result: RowPage | null }, Row, RowPage>(
    text,
    { ...variables, first: Math.min(limit, longestPage) },
    ({ result }) => result,
    { signal: call.signal },
  );
  for await (const { nodes, pageInfo } of pages) {
    const wanted = nodes.slice(0, limit - count);
    count += wanted.length;
    if (call.format === 'jsonl') printRows(call, columns, wanted);
    else rows.push(...wanted);
    if (count < limit) continue;
    const more = nodes.length > wanted.length || pageInfo.hasNextPage;
    if (more && call.format === 'table') call.stderr.write('  There are more: --limit <n>, or --all.\n');
    break;
  }
  if (call.format !== 'jsonl') printRows(call, columns, rows);
}

/** `get <id>`: one record as `result`, or null. */
export function getVerb({
  usage = 'get <id>',
  exitCode = () => 0,
  ...rest
}: Sentence & {
  readonly usage?: string;
  /** What the record says of what was asked; 0 unless told otherwise. */
  readonly exitCode?: (row: Row) => ExitCode;
}): Verb {
  const document: ApiDocument = { text: rest.text, rows: 'result', columns: rest.columns };
  return {
    usage,
    description: rest.description,
    ...(rest.options && { options: rest.options }),
    documents: [document],
    run: async (call) => {
      const variables = (await rest.variables?.(call)) ?? { id: argument(call) };
      const row = await askOne(call, document, variables);
      if (row === null)
        throw new CommandError(`NOT_FOUND: There is no such thing: ${call.args.join(' ')}`, 2);
      printRow(call, document.columns, row);
      return exitCode(row);
    },
  };
}

/** A mutation as `result`, with `value` and `userErrors`. */
export function changeVerb({
  usage,
  after,
  ...rest
}: Sentence & {
  readonly usage: string;
  /** What follows once it is done; its row is printed unless told otherwise. */
  readonly after?: (call: Call, row: Row) => Promise<ExitCode>;
}): Verb {
  const document: ApiDocument = { text: rest.text, rows: 'result.value', columns: rest.columns };
  return {
    usage,
    description: rest.description,
    ...(rest.options && { options: rest.options }),
    documents: [document],
    run: async (call) => {
      const row = await change(call, document, (await rest.variables?.(call)) ?? { id: argument(call) });
      if (after !== undefined) return after(call, row);
      printRow(call, document.columns, row);
      return 0;
    },
  };
}

/** `delete <id>`; the document answers the id as `value`. */
export function deleteVerb({ description, text }: Pick<Sentence, 'description' | 'text'>): Verb {
  return {
    usage: 'delete <id>',
    description,
    documents: [{ text, rows: 'result', columns: [{ title: 'ID', path: 'value' }] }],
    run: async (call) => {
      const id = argument(call);
      const { result } = await call.client.query<ChangeAnswer, Row>(text, { id }, { signal: call.signal });
      if (result.userErrors.length > 0) throw userErrorsFailure(result.userErrors, { id });
      if (call.format === 'table') call.stdout.write(`Deleted ${id}\n`);
      else printRow(call, [], { deletedId: result.value });
      return 0;
    },
  };
}

interface ChangeAnswer {
  readonly result: { readonly value: unknown; readonly userErrors: readonly UserError[] };
}

/** Asks for one record; null where there is none. What fails within it alone is noted, and the rest is answered. */
export async function askOne(call: Call, { text, rows }: ApiDocument, variables: Row): Promise<Row | null> {
  const { data, error } = await call.client.execute<unknown, Row>(text, variables, { signal: call.signal });
  const row = (valueAt(data, rows) as Row | null | undefined) ?? null;
  if (row === null && error !== null) throw error;
  for (const { path, extensions, message } of error?.errors ?? [])
    call.stderr.write(`  ${(path ?? []).join('.')}: ${String(extensions?.['code'])} ${message}\n`);
  return row;
}

/** Carries a mutation out. @throws CommandError for its user errors. */
export async function change(call: Call, { text }: Pick<ApiDocument, 'text'>, variables: Row): Promise<Row> {
  const { result } = await call.client.query<ChangeAnswer, Row>(text, variables, { signal: call.signal });
  if (result.userErrors.length > 0) throw userErrorsFailure(result.userErrors, variables);
  return (result.value ?? {}) as Row;
}
