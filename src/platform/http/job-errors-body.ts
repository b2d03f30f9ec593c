import type { JobErrorWire } from '../../wire/common.wire';
import type { JobError } from '../records';

/** What Adobe's export jobs say, by the code of ours that follows. Source: contract §3, "Job codes". */
const exportErrors: Readonly<Record<string, JobErrorWire>> = {
  DISK_FULL: { code: '0090000009', msg: 'Error writing profiles to the dataset' },
  STORE_UNAVAILABLE: { code: '0090000009', msg: 'Error writing profiles to the dataset' },
};
const anyExportError: JobErrorWire = { code: '0100000003', msg: 'Error in Export Job' };

/** Adobe's word where the reason is not told. */
const unknownCode = 'unknown';

const isAdobes = ({ code }: JobError): boolean => code === unknownCode || /^\d/.test(code);

/** The errors of a segment job (family F). A rule that is not valid any more has the code of its diagnostic. */
export function segmentJobErrors(errors: readonly JobError[]): JobErrorWire[] {
  return errors.map(({ code, message }) => ({
    code: code === 'INTERNAL_ERROR' ? unknownCode : code,
    msg: message,
  }));
}

/** The errors of an export job (family F): Adobe's code first, then the reason with a code of our own, as in its examples. */
export function exportJobErrors(errors: readonly JobError[]): JobErrorWire[] {
  const [first] = errors;
  if (first === undefined || isAdobes(first)) return segmentJobErrors(errors);
  return [exportErrors[first.code] ?? anyExportError, ...segmentJobErrors(errors)];
}
