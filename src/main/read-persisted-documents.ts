import { readFile } from 'node:fs/promises';
import { parse } from 'graphql';
import { variables } from '../config-variables';
import { ConfigError } from '../errors/config-error';
import { isRecord } from '../lib/is-record';
import { systemCodeOf } from '../lib/system-code';
import { createPersistedDocuments } from '../server/persisted-documents';
import type { PersistedDocuments } from '../server/persisted-documents';

/**
 * Reads the file that `PERSISTED_QUERIES` names: `{ "<hash>": "<document>" }`.
 *
 * @throws ConfigError where it cannot be read, or is no such file: to start without it would let everything run.
 */
export async function readPersistedDocuments(path: string): Promise<PersistedDocuments> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(`names ${path}, which cannot be read (${systemCodeOf(error) || 'unknown reason'})`);
  });
  const documents = parseObject(text);
  if (documents === undefined)
    throw wrong(`names ${path}, which is no JSON object of documents by their hashes`);
  for (const [key, document] of Object.entries(documents)) {
    if (!/^[0-9a-fA-F]{32,128}$/.test(key))
      throw wrong(`names ${path}, in which "${key.slice(0, 80)}" is no hash in hexadecimal digits`);
    if (typeof document !== 'string' || !isDocument(document))
      throw wrong(`names ${path}, in which ${key} is no GraphQL document`);
  }
  return createPersistedDocuments(documents as Readonly<Record<string, string>>);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDocument(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function wrong(message: string): ConfigError {
  return new ConfigError([{ name: variables.persistedDocuments.name, message }]);
}
