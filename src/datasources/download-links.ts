import type { Caller } from './caller';
import type { SourceFile } from './index';

/** Makes and reads the short-lived links by which a file is downloaded through the gateway. */
export interface DownloadLinks {
  /** Absolute URL of the gateway's own route; holds the file and the caller's credential, sealed. */
  create(caller: Caller, file: SourceFile): Promise<string>;
  /** Null where the link is forged, damaged or past its time. */
  open(token: string): Promise<{ readonly caller: Caller; readonly file: SourceFile } | null>;
}
