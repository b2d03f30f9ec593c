import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/**
 * The fenced code blocks of one of our documents, in order; those below one heading where it is given. `path` is relative
 * to the project's folder.
 */
export function codeBlocksOf(path: string, heading?: string): readonly CodeBlock[] {
  const sections = readDocument(path).split(/^(?=## )/m);
  const text = sections
    .filter((part) => heading === undefined || part.startsWith(`## ${heading}\n`))
    .join('');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code: code.trim(),
  }));
}

export function readDocument(path: string): string {
  return readFileSync(join(__dirname, '..', '..', path), 'utf8');
}
