/** What replicas share did not answer, or not in time; whoever needed it goes on by itself. */
export class BackboneUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackboneUnavailable';
  }
}
