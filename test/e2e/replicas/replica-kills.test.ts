import { startFleet } from '../../support/fleet/fleet';
import type { Fleet } from '../../support/fleet/fleet';
import { Round } from '../../support/fleet/round';
import { seededRandom } from '../../support/seeded-random';

/** `node test/long/replica-kills.mjs --rounds 100 --seed 7` sets these; the seed here is of a round that has two troubles. */
const rounds = Number(process.env['ROUNDS'] ?? 1);
const seed = Number(process.env['SEED'] ?? 109);
const followersOfJob = Number(process.env['FOLLOWERS'] ?? 6);

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ size: 3 });
});
afterAll(() => fleet.close());

it('each subscriber hears every status once and forward, whatever befalls replicas, PostgreSQL and the upstream', async () => {
  const broken: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const played = new Round(fleet, seededRandom(seed + round), { followersOfJob, watchersOfOrg: 3 });
    await played.play();
    const troubles = played.troubles.map(({ trouble }) => trouble.name).join('; ');
    const again = `seed ${seed + round}: ${troubles}`;
    broken.push(...played.broken.map((words) => `${again}: ${words}`));
    if (rounds > 1) tell(again, played);
  }
  expect(broken).toEqual([]);
}, 600_000_000);

function tell(words: string, { figures, broken }: Round): void {
  const { delaysMs, ...counts } = figures;
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)]?.toFixed(0);
  process.stdout.write(
    `${words}: ${JSON.stringify({ ...counts, p50: sorted[sorted.length >> 1]?.toFixed(0), p99, broken: broken.length })}\n`,
  );
  // A long run tells at once what is to be looked into.
  for (const what of broken) process.stdout.write(`  ${what}\n`);
}
