import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** The fenced code blocks of one of our documents, in order. `path` is relative to the project's folder. */
export function codeBlocksOf(path: string): readonly CodeBlock[] {
  const text = readDocument(path);
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code: code.trim(),
  }));
}

export function readDocument(path: string): string {
  return readFileSync(join(__dirname, '..', '..', path), 'utf8');
}
