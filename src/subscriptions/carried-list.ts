import type { DataSources } from '../datasources';
import type { ListSubject } from './list-subject';
import { jobKey } from './subject';
import type { LookCourse, Reading, Sighting } from './subject';

/**
 * What one subscriber to a list was told while he had another credential. Before he goes on, his new one looks at the
 * same jobs for him: what differs is told as events, and of what it may not read nothing is said.
 */
export class CarriedList {
  private reading: Reading | null = null;
  /** Keys of the jobs that the new credential has read. */
  private read: ReadonlySet<string> = new Set();
  /** Told to the others of his new topic since he came. */
  private readonly meanwhile: Sighting[] = [];

  /** @param told his own: it changes with what he is told. */
  constructor(private readonly told: ListSubject) {}

  /** For his next credential, should he have to go on before he has heard anything with this one. */
  copy(): CarriedList {
    return new CarriedList(this.told.copy());
  }

  get hasLooked(): boolean {
    return this.reading !== null;
  }

  /**
   * One look, with the new credential.
   *
   * @throws UpstreamError
   */
  async look(sources: DataSources, course: LookCourse): Promise<void> {
    const { reading, shown } = await this.told.look(sources, course);
    this.read = new Set(shown.map(jobKey));
    this.reading = reading;
  }

  note(sighting: Sighting): void {
    this.meanwhile.push(sighting);
  }

  /** What is new to him; once. */
  news(at: Date): readonly Sighting[] {
    const seen = [...(this.reading?.(at).seen ?? []), ...this.meanwhile];
    return seen.flatMap((each) => this.told.takeIn(each, true).found);
  }

  /** Jobs that run and that he may read, to be followed on: also those that are too old to be found by a first look. */
  following(at: Date): readonly Sighting[] {
    const running = this.told.followed.filter((watched) => this.read.has(jobKey(watched)));
    return running.map((watched) => ({ type: 'SNAPSHOT', at, watched, previousStatus: null }));
  }
}
