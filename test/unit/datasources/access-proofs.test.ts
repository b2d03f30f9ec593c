import { createAccessProofs } from '../../../src/datasources/access-proofs';
import type { AccessProofs } from '../../../src/datasources/access-proofs';
import { UpstreamForbidden } from '../../../src/errors/upstream-error';
import { ada, startSources } from '../../support/fake-upstream';
import type { SourcesUnderTest } from '../../support/fake-upstream';
import { bob } from '../../support/scripted-jobs';

let under: SourcesUnderTest;
let nowMs = 0;
let isRefused = false;
let proofs: AccessProofs;

beforeEach(async () => {
  nowMs = 0;
  isRefused = false;
  proofs = createAccessProofs(() => nowMs);
  under = await startSources(({ path }) =>
    path.endsWith('/segment/definitions')
      ? { status: isRefused ? 403 : 200, json: isRefused ? {} : { segments: [], page: {}, link: {} } }
      : undefined,
  );
});
afterEach(() => under.close());

describe('createAccessProofs', () => {
  it('asks the upstream once a minute for a caller', async () => {
    await proofs.prove(ada, under.freshSources());
    nowMs = 59_999;
    await proofs.prove(ada, under.freshSources());
    expect(under.upstream.lines()).toEqual(['GET /segment/definitions']);
    nowMs = 60_000;
    await proofs.prove(ada, under.freshSources());
    expect(under.upstream.calls).toHaveLength(2);
  });

  it('takes no proof of one caller for another', async () => {
    await proofs.prove(ada, under.freshSources());
    await proofs.prove(bob, under.freshSources());
    expect(under.upstream.calls).toHaveLength(2);
  });

  it('refuses as the upstream does, and does not remember it', async () => {
    isRefused = true;
    await expect(proofs.prove(ada, under.freshSources())).rejects.toBeInstanceOf(UpstreamForbidden);
    isRefused = false;
    await expect(proofs.prove(ada, under.freshSources())).resolves.toBeUndefined();
  });
});
