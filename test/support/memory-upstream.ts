import { createDataSources } from '../../src/datasources/create-data-sources';
import type { DataSources } from '../../src/datasources';
import type { RestClient } from '../../src/datasources/rest-client';
import { notFound } from '../../src/datasources/upstream-answer';
import { ada } from './fake-upstream';

/** What an upstream answers, by method and path below the host; undefined where it has nothing there. */
export type Answers = (method: string, path: string) => unknown;

/** Data sources before an upstream without a network, for tests that ask thousands of times. */
export function memorySources(answers: Answers): DataSources {
  const client: RestClient = {
    request: ({ method, path }) => {
      const body = answers(method, path);
      return body === undefined
        ? Promise.reject(notFound('segmentation', 'it'))
        : Promise.resolve({ status: 200, body });
    },
    stream: () => Promise.reject(notFound('data-access', 'a file')),
    health: () => [],
    circuits: () => [],
    close: () => Promise.resolve(),
  };
  return createDataSources({
    client,
    caller: ada,
    requestId: 'request-1',
    signal: new AbortController().signal,
  });
}
