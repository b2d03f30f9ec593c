/** Unlike the names of all that is whole: neither an upload nor its hash can be called like this. */
const prefix = '.part-';
const idLength = 36;

/** What a file is called in the upload folder while it is being written; `id` is a UUID. */
export function partUpload(name: string, id: string): string {
  return `${prefix}${id}-${name}`;
}

/** The name that a file would have got whose upload was broken off; undefined for any other entry of the folder. */
export function nameOfPartUpload(entry: string): string | undefined {
  return entry.startsWith(prefix) ? entry.slice(prefix.length + idLength + 1) : undefined;
}
