import { CommandError } from '../../../errors/command-error';
import type { ExitCode } from '../../../errors/command-error';
import { askOne, getVerb } from '../common-verbs';
import { argument, countOption, given, listOption, number, text, textOption, texts } from '../options';
import { printRows } from '../output';
import { saveDownload } from '../save-download';
import type { ApiDocument, Call, Column, Noun, Row } from '../verb';

const columns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'STATUS', path: 'status' },
  { title: 'DATASET', path: 'dataset.id' },
  { title: 'NAME', path: 'dataset.name' },
  { title: 'RECORDS', path: 'recordCount' },
  { title: 'CREATED', path: 'createdAt' },
];

const files: ApiDocument = {
  text: `query BatchFiles($id: ID!) { result: batch(id: $id) { files { name sizeBytes downloadUrl } } }`,
  rows: 'result.files',
  columns: [
    { title: 'NAME', path: 'name' },
    { title: 'BYTES', path: 'sizeBytes' },
    { title: 'LINK', path: 'downloadUrl' },
  ],
};

const rows: ApiDocument = {
  text: `query BatchRows($id: ID!, $first: Int, $columns: [String!]) {
    result: batch(id: $id) { files { name rows(first: $first, columns: $columns) } }
  }`,
  rows: 'result.files',
  columns: [
    { title: 'NAME', path: 'name' },
    { title: 'ROWS', path: 'rows' },
  ],
};

const fileOption = textOption('--file <name>', 'this file only (default: all of the batch)');

export const batch: Noun = {
  name: 'batch',
  description: 'Batches: what came into a dataset, and its files.',
  verbs: [
    getVerb({
      description: 'Show one batch.',
      text: `query GetBatch($id: ID!) {
        result: batch(id: $id) { id status recordCount createdAt dataset { id name } }
      }`,
      columns,
    }),
    {
      usage: 'files <id>',
      description: 'List the files of a batch, with links that are good for some minutes.',
      documents: [files],
      run: listFiles,
    },
    {
      usage: 'rows <id>',
      description: 'Show the first rows of the files of a batch.',
      options: [
        fileOption,
        countOption('--limit <n>', 'so many of each file at most (default: 20)'),
        listOption('--columns <paths>', 'these columns, e.g. person.name,homeAddress.city (default: all)'),
      ],
      documents: [rows],
      run: showRows,
    },
    {
      usage: 'download <id>',
      description: 'Save the files of a batch.',
      options: [fileOption, textOption('--to <folder>', 'into this folder (default: here)')],
      documents: [],
      run: download,
    },
  ],
};

/** The files that are meant. @throws CommandError where there is no such batch, or no such file in it. */
async function filesOf(call: Call, document: ApiDocument, variables: Row): Promise<readonly Row[]> {
  const found = await askOne(call, { ...document, rows: 'result' }, variables);
  if (found === null) throw new CommandError(`NOT_FOUND: There is no batch ${argument(call)}.`, 2);
  const all = (found['files'] ?? []) as readonly Row[];
  const wanted = text(call, 'file');
  if (wanted === undefined) return all;
  const named = all.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const known = all.map(({ name }) => String(name)).join(', ');
  throw new CommandError(`NOT_FOUND: The batch has no file "${wanted}". It has: ${known || 'none'}.`, 2);
}

async function listFiles(call: Call): Promise<ExitCode> {
  printRows(call, files.columns, await filesOf(call, files, { id: argument(call) }));
  return 0;
}

/** A table has the columns of the first row; `json` and `jsonl` are the rows themselves. */
async function showRows(call: Call): Promise<ExitCode> {
  const columns = texts(call, 'columns');
  const variables = given({ id: argument(call), first: number(call, 'limit'), columns });
  const found = await filesOf(call, rows, variables);
  const shown = found.flatMap((file) => (file['rows'] ?? []) as readonly Row[]);
  printRows(
    call,
    Object.keys(shown[0] ?? {}).map((name) => ({ title: name, path: name })),
    shown,
  );
  return 0;
}

async function download(call: Call): Promise<ExitCode> {
  const found = await filesOf(call, files, { id: argument(call) });
  const saved: Row[] = [];
  for (const file of found) {
    const name = String(file['name']);
    const link = String(file['downloadUrl']);
    const path = await saveDownload({ link, name, folder: text(call, 'to') ?? '.', signal: call.signal });
    saved.push({ path, sizeBytes: file['sizeBytes'] });
  }
  printRows(
    call,
    [
      { title: 'PATH', path: 'path' },
      { title: 'BYTES', path: 'sizeBytes' },
    ],
    saved,
  );
  return 0;
}
