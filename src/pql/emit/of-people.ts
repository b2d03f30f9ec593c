import { quoteIdentifier, systemColumn } from '../../xdm/columns';

/** SQL of the condition that a row of this alias is of the people whom a statement is to read; undefined where all are. */
export type OfPeople = (alias: string) => string | undefined;

const pid = quoteIdentifier(systemColumn.pid);

/** Those from `$pid_from` to before `$pid_to`. */
export const ofRange: OfPeople = (alias) => `${alias}.${pid} >= $pid_from AND ${alias}.${pid} < $pid_to`;

/** Everybody: to compare a number of each row with a range costs as much as a simple rule. */
export const ofAll: OfPeople = () => undefined;
