// What is asked for once at every (re)connection, and told as it changes from then on. Were a snapshot that failed not asked
// for again, a page on a line that lives would say for hours that it knows nothing.
import { forGood } from "./api.ts";

const AGAIN_MS = 2_000;

export class Snapshot {
  private round = 0;

  constructor(private readonly load: () => Promise<void>) {}

  /** Until it comes, the server says no, or a newer one is begun: the next line brings its own. A line that falls silent may live on. */
  async take(): Promise<void> {
    const round = ++this.round;
    do {
      try {
        return await this.load();
      } catch (error) {
        if (forGood(error)) return;
      }
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    } while (round === this.round);
  }
}
