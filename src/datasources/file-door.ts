import { Pool } from 'undici';
import { UpstreamRateLimited } from '../errors/upstream-error';
import { Gate } from '../lib/gate';
import type { Telemetry } from '../telemetry/telemetry';
import { serviceOfPath } from './endpoints';
import { streamFile } from './file-stream';
import type { FileAnswer, FileCall } from './rest-call';
import type { UpstreamCredential } from './upstream-credential';

/** The door for files: apart from all other calls, since a file is as slow as its reader. */
export interface FileDoor {
  /** @throws UpstreamError; UpstreamRateLimited where the org reads as many files as it may. */
  stream(call: FileCall): Promise<FileAnswer>;
  close(): Promise<void>;
}

export interface FileDoorOptions {
  readonly credential: UpstreamCredential;
  readonly telemetry: Telemetry;
  readonly origin: string;
  readonly basePath: string;
  /** Files that one org may have open at once. */
  readonly filesPerTenant: number;
  /** To wait for another file of the org to end, ms. */
  readonly waitMs: number;
  readonly headersTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connections: number;
}

/** Makes connections and gates of their own for files; a place in the gate is held until the body closes. */
export function createFileDoor(options: FileDoorOptions): FileDoor {
  const { basePath, filesPerTenant, headersTimeoutMs, credential, telemetry } = options;
  const pool = new Pool(options.origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: 60_000,
  });
  /** By org; an entry is dropped when nobody is inside. */
  const gates = new Map<string, Gate>();
  const enter = async (call: FileCall): Promise<() => void> => {
    const { orgId } = call.caller;
    const gate = gates.get(orgId) ?? new Gate(filesPerTenant);
    gates.set(orgId, gate);
    if (!(await gate.enter(options.waitMs, call.signal))) throw tooMany(call, options);
    return () => {
      gate.leave();
      if (gate.isIdle) gates.delete(orgId);
    };
  };
  return {
    stream: async (call) => {
      const leave = await enter(call);
      try {
        const answer = await streamFile({ pool, basePath, headersTimeoutMs, credential, telemetry }, call);
        if (answer.body === null || answer.body.closed) leave();
        else answer.body.once('close', leave);
        return answer;
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: () => pool.destroy(),
  };
}

function tooMany(call: FileCall, { filesPerTenant, waitMs }: FileDoorOptions): UpstreamRateLimited {
  const message = `This org reads ${String(filesPerTenant)} files at once already; try again when one of them has ended`;
  return new UpstreamRateLimited(message, {
    service: serviceOfPath(call.path),
    status: null,
    retryAfterMs: waitMs,
  });
}
