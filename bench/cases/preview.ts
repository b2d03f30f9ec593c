import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { createPlatform } from '../../src/platform';
import type { EstimateWire, NewPreviewWire, PreviewWire } from '../../src/wire/preview.wire';
import { tenant } from '../data-set';
import { singleSql } from '../hand-written';
import { measure } from '../measure';
import { oneAttribute } from '../rules';
import { countRows, openSession } from '../session';
import { withWritableCopy } from '../writable-copy';
import { msOf, type BenchCase } from './bench-case';

const throughRest = 'preview by REST, until its estimate is ready';
const byHand = 'SQL by hand';

/** Tries a rule on all profiles, as a client of Adobe's does: one request to begin, then the estimate until it is ready. */
export const previewCase: BenchCase = {
  name: 'preview',
  title: 'One attribute through REST',
  needsEvents: false,
  run: (options) =>
    withWritableCopy(options.dataSet, async (copy) => {
      const session = await openSession(copy);
      const sql = singleSql(oneAttribute, session.plain);
      const hand = () => countRows(session.raw, sql);
      const wanted = await hand();
      await session.sample.close();
      await session.store.close();
      const platform = await createPlatform({ dataDir: copy.folder, port: 0, clock: () => copy.now });
      const client = new PreviewClient(platform.url);
      try {
        const estimate = await client.estimate();
        expectNear(estimate, wanted);
        const measured = await measure(
          [
            { name: throughRest, run: () => client.estimate(), settle: () => client.list() },
            { name: byHand, run: hand },
          ],
          { rounds: Math.max(40, options.rounds) },
        );
        const most = 1.5 * msOf(measured, byHand) + 5;
        return {
          measured,
          comparisons: [
            {
              what: 'preview by 1.5 times the SQL by hand and 5 ms',
              ratio: msOf(measured, throughRest) / most,
              target: { atMost: 1 },
            },
          ],
          notes: [
            'the list of some matches, which follows the estimate, is awaited before the SQL is timed',
            ...noteOfSample(estimate, wanted),
          ],
        };
      } finally {
        client.close();
        await platform.close();
        session.raw.closeSync();
      }
    }),
};

/** A sample that is drawn well is further from the truth once in some 15,000 times. */
const mostErrors = 4;

/** Of everybody the standard error is 0, so that the size must be right. @throws Error where it is not near enough. */
function expectNear({ estimatedSize = NaN, standardError = NaN }: EstimateWire, wanted: number): void {
  if (Math.abs(estimatedSize - wanted) <= mostErrors * standardError) return;
  throw new Error(
    `${oneAttribute.pql}: the estimate is ${estimatedSize} ± ${standardError}, and ${wanted} match`,
  );
}

function noteOfSample(
  { estimatedSize = NaN, standardError = NaN, numRowsToRead, totalRows }: EstimateWire,
  wanted: number,
): readonly string[] {
  if (numRowsToRead === totalRows) return [];
  const away = (Math.abs(estimatedSize - wanted) / standardError).toFixed(1);
  return [
    `a sample of ${numRowsToRead ?? 0} of ${totalRows ?? 0}: ${estimatedSize} estimated, ${wanted} match, ${away} standard errors away; the SQL counts all`,
  ];
}

/** Keeps its connection, as clients do. It is in the process that is measured, so it is no more than it must be. */
class PreviewClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  #previewId = '';

  constructor(url: string) {
    this.#url = `${url}/data/core/ups`;
  }

  /** Begins a preview. @returns what is estimated once the whole sample has been counted. */
  async estimate(): Promise<EstimateWire> {
    const { previewId } = await this.#ask<NewPreviewWire>('/preview', {
      predicateExpression: oneAttribute.pql,
      predicateType: 'pql/text',
      predicateModel: '_xdm.context.profile',
    });
    this.#previewId = previewId;
    for (;;) {
      const estimate = await this.#ask<EstimateWire>(`/estimate/${previewId}`);
      if (estimate.state === 'FAILED') throw new Error('The preview failed');
      if (estimate.state === 'RESULT_READY') return estimate;
    }
  }

  /** Some of the last preview's matches. */
  list(): Promise<PreviewWire> {
    return this.#ask<PreviewWire>(`/preview/${this.#previewId}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask<T>(path: string, body?: object): Promise<T> {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(`${this.#url}${path}`, { agent: this.#agent, method, headers });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const told = await json(answer);
    if ((answer.statusCode ?? 0) >= 300) throw new Error(`${path} answered ${String(answer.statusCode)}`);
    return told as T;
  }
}

const headers = {
  authorization: 'Bearer bench',
  'x-api-key': 'bench',
  'x-gw-ims-org-id': tenant.orgId,
  'x-sandbox-name': tenant.sandbox,
  'content-type': 'application/json',
};
