// How a walk is begun, by whoever walks and by whoever watches. The same start sent again because its answer was lost is
// the same walk; a start for somebody else, with other minutes, or after that walk is over, is another. Were it not, a
// page would say *begun* of a walk that nobody minds.
import { Refused, type Api } from "./api.ts";
import { key } from "./key.ts";
import type { Walk } from "./walks.ts";

const PATH = "/api/v1/walks";
export const UNDER_WAY = ["out", "reminded", "due", "overdue"];

export class Start<W extends Walk> {
  private key = "";
  private asked = "";

  constructor(private readonly api: Api) {}

  /** Refused: nothing was begun. Any other error: nobody knows yet. */
  async begin(choice: object): Promise<W> {
    const asked = JSON.stringify(choice);
    if (asked !== this.asked) this.forget();
    this.asked = asked;
    const walk = await this.send(choice);
    return UNDER_WAY.includes(walk.state) ? walk : this.send(choice);
  }

  /** What was begun is known by now, whoever said so. */
  forget(): void {
    this.key = "";
  }

  private async send(choice: object): Promise<W> {
    this.key ||= key();
    try {
      const walk = await this.api.post<W>(PATH, choice, { "Idempotency-Key": this.key });
      if (!walk.id) throw new Error("not ours"); // As of any act: some networks answer for everybody.
      this.forget();
      return walk;
    } catch (error) {
      if (error instanceof Refused) this.forget();
      throw error;
    }
  }
}
