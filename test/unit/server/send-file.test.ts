import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { sendFile } from '../../../src/server/send-file';

describe('sendFile', () => {
  it('passes a whole body on', async () => {
    const target = new PassThrough();
    const [received] = await Promise.all([
      text(target),
      sendFile(Readable.from(['a', 'b']), target, { idleMs: 1_000 }),
    ]);
    expect(received).toBe('ab');
  });

  it('destroys both ends where the reader stands still', async () => {
    const body = new Readable({ read: () => undefined });
    body.push(Buffer.alloc(1_000));
    body.push(Buffer.alloc(1_000));
    // Takes one chunk and never asks for another.
    const target = new Writable({ highWaterMark: 1, write: () => undefined });
    await expect(sendFile(body, target, { idleMs: 20 })).rejects.toMatchObject({ name: 'AbortError' });
    expect([body.destroyed, target.destroyed]).toEqual([true, true]);
  });

  it('lets a slow reader read on who does not stand still', async () => {
    const body = Readable.from(Array.from({ length: 8 }, () => Buffer.alloc(10)));
    let sizeBytes = 0;
    const target = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        sizeBytes += chunk.length;
        setTimeout(done, 30);
      },
    });
    await sendFile(body, target, { idleMs: 150 });
    expect(sizeBytes).toBe(80);
  });
});
