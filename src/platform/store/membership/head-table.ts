import type { Engine } from '../engine/engine';
import type { MembershipSource } from './membership-file';

/** Makes the table `head(segment_id, source)`: which of the attached files is the current one for each segment. */
export async function createHeadTable(engine: Engine, sources: readonly MembershipSource[]): Promise<void> {
  await engine.run('CREATE TABLE memory.main.head (segment_id VARCHAR, source VARCHAR)');
  const insert = await engine.prepare('INSERT INTO memory.main.head VALUES ($segment, $source)');
  for (const { file, segmentIds } of sources) {
    for (const segment of segmentIds) await insert.run({ segment, source: file.as });
  }
  insert.dispose();
}
