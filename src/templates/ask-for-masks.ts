import { isRecord } from '../lib/is-record';
import type { JsonMap } from './documents';
import type { PathStep } from './macro';
import { parsePath, printPath } from './macro';
import { holdsMask } from './mask';
import { secretMask } from './secret-names';
import type { Operation, OperationBody } from './template';

/**
 * Whoever keeps a template may keep its literal secrets to himself and show the mask. Each such mask becomes a macro that
 * is named by its place (`headers.Authorization`, `query.access_token`, `params.secret`, `body.auth.key`), so that its
 * value can be given, and is asked for where it is not.
 */
export function askForMasks(operation: Operation): Operation {
  return {
    ...operation,
    url: operation.url.replaceAll(/(?<=[?&]([\w-]{1,64})=)\*{8}(?=&|$)/g, '{{query.$1}}'),
    headers: operation.headers.map(([name, value]) => [name, askIn(value, ['headers', name])] as const),
    body: askInBody(operation.body),
  };
}

/** The places of masks that no value can be given for. */
export function masksIn({ url, headers, body }: Pick<Operation, 'url' | 'headers' | 'body'>): string[] {
  return [
    ...(holdsMask(url) ? ['url'] : []),
    ...headers.flatMap(([name, value]) => (holdsMask(value) ? [`headers.${name}`] : [])),
    ...(body.kind !== 'none' && holdsMask(body.kind === 'json' ? body.value : body.fields) ? ['body'] : []),
  ];
}

function askInBody(body: OperationBody): OperationBody {
  switch (body.kind) {
    case 'none':
      return body;
    case 'json':
      return { kind: 'json', value: askInTree(body.value, ['body']) };
    case 'form':
      return { kind: 'form', fields: askInTree(body.fields, ['params']) as JsonMap };
  }
}

function askInTree(value: unknown, path: readonly PathStep[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => askInTree(item, [...path, index]));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, askInTree(item, [...path, key])]),
    );
  }
  return typeof value === 'string' ? askIn(value, path) : value;
}

/** A name that no macro can spell keeps its mask. */
function askIn(text: string, path: readonly PathStep[]): string {
  if (!text.includes(secretMask)) return text;
  const name = printPath(path);
  return parsePath(name) === undefined ? text : text.replaceAll(secretMask, `{{${name}}}`);
}
