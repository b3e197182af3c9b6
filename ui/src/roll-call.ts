// The roll call on one's own phone: "are you safe?", and the tap that says so. Needing help is the SOS itself, as ever.
// Only what the server has just said is shown: a question of yesterday must not stand here in a cellar.
import type { Me, OwnRoll } from "./alert.ts";
import type { Api } from "./api.ts";
import { el, icon, type Child } from "./dom.ts";
import { board } from "./parts.ts";
import { t } from "./say.ts";

export class RollCalls {
  private asked: readonly OwnRoll[] = [];
  private busy = false;
  private failed = false;

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
  ) {}

  /** What the server says asks us now; an older server says nothing of it. */
  hear({ rolls }: Pick<Me, "rolls">): void {
    this.asked = rolls ?? [];
  }

  async safe(): Promise<void> {
    if (this.busy) return;
    [this.busy, this.failed] = [true, false];
    this.changed();
    try {
      for (const roll of this.open) {
        const { asked } = await this.api.post<{ asked: OwnRoll[] }>(`/api/v1/roll-calls/${roll.id}/safe`, {});
        this.hear({ rolls: asked });
      }
    } catch {
      this.failed = true; // Nothing here shows it as said before the server has it.
    } finally {
      this.busy = false;
      this.changed();
    }
  }

  private get open(): readonly OwnRoll[] {
    return this.asked.filter((roll) => !roll.safe_at);
  }

  /** Null: nobody asks. */
  board(): Child {
    if (this.asked.length === 0) return null;
    if (this.open.length === 0) return el("p", { class: "note", "data-key": "roll", role: "status" }, icon("sent"), " ", t("Noted: you are safe"));
    return board("roll", t("Are you safe?"), null,
      el("p", {}, el("button", { type: "button", class: "go", "data-act": "roll-safe", "aria-disabled": this.busy && "true" }, t("I am safe"))),
      el("p", { role: "status" }, this.failed ? t("Not sent yet. Tap again.") : t("In danger: use SOS below.")));
  }
}
