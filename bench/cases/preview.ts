import { createPlatform } from '../../src/platform';
import type { EstimateWire, NewPreviewWire } from '../../src/wire/preview.wire';
import { tenant } from '../data-set';
import { singleSql } from '../hand-written';
import { measure } from '../measure';
import { oneAttribute } from '../rules';
import { countRows, expectEqual, openSession } from '../session';
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
      try {
        expectEqual(oneAttribute.pql, await preview(platform.url), wanted);
        const measured = await measure(
          [
            { name: throughRest, run: () => preview(platform.url) },
            { name: byHand, run: hand },
          ],
          { rounds: Math.max(10, options.rounds) },
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
          notes: [],
        };
      } finally {
        await platform.close();
        session.raw.closeSync();
      }
    }),
};

async function preview(url: string): Promise<number> {
  const headers = {
    authorization: 'Bearer bench',
    'x-api-key': 'bench',
    'x-gw-ims-org-id': tenant.orgId,
    'x-sandbox-name': tenant.sandbox,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({
    predicateExpression: oneAttribute.pql,
    predicateType: 'pql/text',
    predicateModel: '_xdm.context.profile',
  });
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(`${url}/data/core/ups${path}`, { headers, ...init });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  const { previewId } = await ask<NewPreviewWire>('/preview', { method: 'POST', body });
  for (;;) {
    const estimate = await ask<EstimateWire>(`/estimate/${previewId}`, {});
    if (estimate.state === 'FAILED') throw new Error('The preview failed');
    if (estimate.state === 'RESULT_READY') return estimate.estimatedSize ?? NaN;
  }
}
