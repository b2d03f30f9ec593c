import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const source = resolve(__dirname, '../../src');
const smallestRoomWithReadme = 5;

/** The folders directly under a folder, by their paths from `src`. */
function roomsIn(folder: string): string[] {
  return readdirSync(join(source, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

function countSources(room: string): number {
  return readdirSync(join(source, room)).filter((name) => name.endsWith('.ts')).length;
}

const rooms = [...roomsIn('.'), ...roomsIn('platform')].filter(
  (room) => countSources(room) >= smallestRoomWithReadme,
);

describe('a room of five files or more', () => {
  it('is what most of the tree consists of', () => {
    expect(rooms).toEqual(expect.arrayContaining(['schema', 'pql', 'platform/http']));
  });

  it.each(rooms)('has a README.md: src/%s', (room) => {
    expect(existsSync(join(source, room, 'README.md'))).toBe(true);
  });
});
