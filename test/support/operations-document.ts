import { readDocument } from './markdown';

/** The rows of the table of metrics in docs/operations.md. */
export function documentedMetrics(): { readonly name: string; readonly meaning: string }[] {
  const rows = readDocument('docs/operations.md').matchAll(/^\| `(gateway_\w+)` +\|[^|]*\| (.+?) +\|$/gm);
  return [...rows].map(([, name = '', meaning = '']) => ({ name, meaning }));
}
