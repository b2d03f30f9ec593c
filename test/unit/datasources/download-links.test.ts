import { createCaller } from '../../../src/datasources/caller';
import { createDownloadLinks } from '../../../src/datasources/download-links';
import type { DownloadLinks } from '../../../src/datasources/download-links';
import { ada } from '../../support/fake-upstream';

const file = { fileId: 'b1-1', name: 'part 1/ü.parquet', sizeBytes: 12_345_678_901n };
let now = new Date('2024-05-01T00:00:00Z');
beforeEach(() => {
  now = new Date('2024-05-01T00:00:00Z');
});

function links(secret = 'a secret'): DownloadLinks {
  return createDownloadLinks({ publicUrl: 'https://gateway.example/api/', secret, clock: () => now });
}

const tokenOf = (url: string): string => new URL(url).pathname.split('/').at(-2) ?? '';

it('lead to the route of the gateway, the name of the file last', async () => {
  const url = new URL(await links().create(ada, file));
  expect(url.origin + url.pathname).toMatch(
    /^https:\/\/gateway\.example\/api\/files\/[^/]+\/part%201%2F%C3%BC\.parquet$/,
  );
});

it('give back the file and the caller, as another process would', async () => {
  const opened = await links().open(tokenOf(await links().create(ada, file)));
  expect(opened).toEqual({ caller: ada, file });
});

it('keep apart a caller without a credential of its own', async () => {
  const nobody = createCaller({
    authorization: undefined,
    apiKey: undefined,
    orgId: 'B@AdobeOrg',
    sandbox: 'dev',
  });
  await expect(links().open(tokenOf(await links().create(nobody, file)))).resolves.toMatchObject({
    caller: nobody,
  });
});

it('keep apart two principals of one credential', async () => {
  const parts = { authorization: undefined, apiKey: undefined, orgId: 'B@AdobeOrg', sandbox: 'dev' };
  const first = createCaller({ ...parts, principal: 'key ada' });
  const second = createCaller({ ...parts, principal: 'key bob' });
  expect(first.key).not.toBe(second.key);
  const opened = await links().open(tokenOf(await links().create(first, file)));
  expect(opened).toMatchObject({ caller: { key: first.key } });
});

it('show nothing of the credential', async () => {
  const url = await links().create(ada, file);
  const readable = url
    .split(/[./]/)
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join(' ');
  expect(`${url} ${readable}`).not.toMatch(/adas-token|adas-key|ADA@AdobeOrg/);
});

it('last for ten minutes', async () => {
  const token = tokenOf(await links().create(ada, file));
  now = new Date(now.getTime() + 599_000);
  await expect(links().open(token)).resolves.not.toBeNull();
  now = new Date(now.getTime() + 2_000);
  await expect(links().open(token)).resolves.toBe('expired');
});

it('made with another secret open nothing', async () => {
  await expect(links().open(tokenOf(await links('another').create(ada, file)))).resolves.toBeNull();
});

it('open nothing once a letter is changed, anywhere', async () => {
  const token = tokenOf(await links().create(ada, file));
  for (let index = 0; index < token.length; index += 17) {
    const other = token[index] === 'A' ? 'B' : 'A';
    const forged = token.slice(0, index) + other + token.slice(index + 1);
    await expect(links().open(forged)).resolves.toBeNull();
  }
});

it.each(['', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('"%s" opens nothing', async (token) => {
  await expect(links().open(token)).resolves.toBeNull();
});
