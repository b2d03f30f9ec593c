import { BatchGate } from '../../../../src/platform/http/batch-gate';
import { Refusal } from '../../../../src/platform/http/refusal';

const acme = { orgId: 'ACME@AdobeOrg', sandbox: 'prod' };
const never = (): Promise<void> => new Promise(() => undefined);
const done = (): Promise<string> => Promise.resolve('done');

test('several files of a batch may come at once', async () => {
  const gate = new BatchGate();
  void gate.whileUploading(acme, 'b', never);
  await expect(gate.whileUploading(acme, 'b', done)).resolves.toBe('done');
});

test('a batch cannot be closed while a file comes, but afterwards', async () => {
  const gate = new BatchGate();
  let finish: (() => void) | undefined;
  const upload = gate.whileUploading(acme, 'b', () => new Promise<void>((resolve) => (finish = resolve)));
  await expect(gate.whileClosing(acme, 'b', done)).rejects.toBeInstanceOf(Refusal);
  finish?.();
  await upload;
  await expect(gate.whileClosing(acme, 'b', done)).resolves.toBe('done');
});

test('a batch that is being closed takes no file and no second closing', async () => {
  const gate = new BatchGate();
  void gate.whileClosing(acme, 'b', never);
  await expect(gate.whileUploading(acme, 'b', done)).rejects.toBeInstanceOf(Refusal);
  await expect(gate.whileClosing(acme, 'b', done)).rejects.toBeInstanceOf(Refusal);
});

test('a stranger who knows the id of a batch holds nothing up', async () => {
  const gate = new BatchGate();
  void gate.whileUploading({ orgId: 'STRANGER@AdobeOrg', sandbox: 'prod' }, 'b', never);
  await expect(gate.whileClosing(acme, 'b', done)).resolves.toBe('done');
});

test('an upload that broke lets the batch be closed', async () => {
  const gate = new BatchGate();
  await expect(gate.whileUploading(acme, 'b', () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  await expect(gate.whileClosing(acme, 'b', done)).resolves.toBe('done');
});
