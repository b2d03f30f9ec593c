import type { EstimateWire, NewPreviewWire, PreviewWire } from '../../src/wire/preview.wire';
import { createDefinition, definitionBody, inUs, people } from './data';
import type { Lacks } from './needs';
import { testNeeding } from './needs';
import type { Answer, ContractTarget, GetTarget } from './target';
import { ask, must, paths, untilAnswer } from './target';

async function startPreview(target: ContractTarget, predicateExpression: string): Promise<NewPreviewWire> {
  const body = { predicateExpression, predicateType: 'pql/text', predicateModel: '_xdm.context.profile' };
  return must<NewPreviewWire>(target, `POST ${paths.preview}`, { body });
}

async function readyEstimate(target: ContractTarget, previewId: string): Promise<EstimateWire> {
  return untilAnswer<EstimateWire>(target, `GET ${paths.estimate}/${previewId}`, ({ state }) =>
    ['RESULT_READY', 'FAILED'].includes(state),
  );
}

/** Contract §8; needs the people of `data.ts` in the target. */
export function previewsContract(target: GetTarget, lacks: Lacks): void {
  test('a preview is made NEW with 201, and its id is base64 of query and execution', async () => {
    const answer = await ask(target(), `POST ${paths.preview}`, { body: { predicateExpression: inUs } });
    const body = answer.body as NewPreviewWire;
    expect(answer.status).toBe(201);
    expect(body).toMatchObject({ state: 'NEW', previewQueryStatus: 'NEW', previewExecutionId: 0 });
    expect(Buffer.from(body.previewId, 'base64').toString()).toBe(`0:2:${body.previewQueryId}:0`);
    expect(answer.headers.get('x-location')).toContain(`${paths.preview}/${body.previewId}`);
  });

  test('an estimate over all profiles is exact', async () => {
    const { previewId } = await startPreview(target(), inUs);
    expect(await readyEstimate(target(), previewId)).toEqual({
      state: 'RESULT_READY',
      estimatedSize: 3,
      numRowsToRead: people.length,
      totalRows: people.length,
      profilesReadSoFar: people.length,
      profilesMatchedSoFar: 3,
      estimatedNamespaceDistribution: [{ namespaceId: '6', profilesMatchedSoFar: 3 }],
      standardError: 0,
      confidenceInterval: '95%',
      error: { description: '', traceback: '' },
      _links: { preview: `${target().url}${paths.preview}/${previewId}` },
    });
  });

  test('a preview that is ready shows profiles by their XID, in its order, page by page', async () => {
    const { previewId } = await startPreview(target(), inUs);
    await readyEstimate(target(), previewId);
    const all = await must<PreviewWire>(target(), `GET ${paths.preview}/${previewId}`);
    const ids = all.results.flatMap((result) => Object.keys(result));
    const names = ids.map((id) => Buffer.from(id, 'base64url').toString()).sort();
    expect(names).toEqual([
      'email:barbara@example.com',
      'email:grace@example.com',
      'email:katherine@example.com',
    ]);
    expect(all).toMatchObject({
      state: 'RESULT_READY',
      page: { offset: 0, size: 3 },
      links: { next: '', prev: '' },
    });
    const first = await must<PreviewWire>(target(), `GET ${paths.preview}/${previewId}?limit=2`);
    const second = await must<PreviewWire>(target(), `GET ${first.links.next}`);
    expect([...first.results, ...second.results]).toEqual(all.results);
  });

  test('a rule that leans on another segment can be tried', async () => {
    const { id } = await createDefinition(target());
    const { previewId } = await startPreview(
      target(),
      `inSegment("${id}") and person.name.firstName = "Grace"`,
    );
    expect(await readyEstimate(target(), previewId)).toMatchObject({ estimatedSize: 1 });
  });

  test('a rule that is wrong is refused with its place', async () => {
    const answer = await ask(target(), `POST ${paths.preview}`, {
      body: { predicateExpression: 'homeAdress.city = "Rome"' },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('homeAddress');
  });

  test('a rule that names a segment which is not there is refused as in a definition', async () => {
    const rule = 'inSegment("nope")';
    const preview = await ask(target(), `POST ${paths.preview}`, { body: { predicateExpression: rule } });
    const definition = await ask(target(), `POST ${paths.definitions}`, { body: definitionBody(rule) });
    const itemsOf = ({ body }: Answer): unknown => (body as { readonly errors: unknown }).errors;
    expect([preview.status, itemsOf(preview)]).toEqual([400, itemsOf(definition)]);
    expect(preview.body).toMatchObject({ errors: { '400': [{ code: 'unknown-segment', from: 10 }] } });
  });

  test('a preview leaves memberships alone', async () => {
    const { id } = await createDefinition(target());
    const { previewId } = await startPreview(target(), inUs);
    await readyEstimate(target(), previewId);
    const query = 'schema.name=_xdm.context.profile&entityId=grace@example.com&entityIdNS=Email';
    const profile = await must(target(), `GET ${paths.entities}?${query}`);
    expect(JSON.stringify(profile)).not.toContain(id);
  });

  test('a preview that was deleted is gone, with its estimate', async () => {
    const { previewId } = await startPreview(target(), inUs);
    const removed = await ask(target(), `DELETE ${paths.preview}/${previewId}`);
    expect([removed.status, removed.body]).toMatchObject([200, { status: true }]);
    const answers = await Promise.all([
      ask(target(), `GET ${paths.preview}/${previewId}`),
      ask(target(), `GET ${paths.estimate}/${previewId}`),
      ask(target(), `DELETE ${paths.preview}/${previewId}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  testNeeding('sandboxes', lacks)("another sandbox's preview is not found", async () => {
    const { previewId } = await startPreview(target(), inUs);
    const headers = { 'x-sandbox-name': 'elsewhere' };
    const answer = await ask(target(), `GET ${paths.estimate}/${previewId}`, { headers });
    expect(answer.status).toBe(404);
  });
}
