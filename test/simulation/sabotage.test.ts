import { sabotages } from './sabotages';
import { simulate } from './simulate';

describe('what a history is checked for', () => {
  let said: readonly string[] = [];
  beforeAll(async () => {
    said = (await simulate('--sabotages')).split('\n');
  }, 180_000);

  it.each(sabotages)('notices that $what', ({ what }) => {
    expect(said).toContain(`noticed: ${what}`);
  });
});
