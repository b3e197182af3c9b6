"""What the command line says of changes to the organisation: which were made, which wait, which could not be made."""

from __future__ import annotations

from typing import Any

from tocsin.core.access.carrying import secret_of
from tocsin.core.access.changes import Change
from tocsin.core.access.edit_words import words_of, words_of_all
from tocsin.core.access.edits import Split
from tocsin.core.access.weakens import SENTENCES
from tocsin.core.access.words import Via
from tocsin.core.directory import Directory
from tocsin.core.views import moment
from tocsin.runtime.world import World

NOT_GUARDED = (
    "nothing waits for a second person here: nobody who may agree to a change has signed in yet; "
    "until a supervisor or coordinator does, this command changes everything at once"
)
NEEDS_ANOTHER = "it cannot be so before a change that waits; apply the file again when that has been agreed"

FEW = 3  # So many edits of one change are told; who wants all of them reads the file.


def outcome(world: World, before: Directory | None, after: Directory, split: Split | None) -> dict[str, Any]:
    """What `tocsin apply --json` prints.  `split` None: the file was applied whole."""
    changed = differences(before, after)
    if split is None:
        warnings = [NOT_GUARDED] if before is not None and changed else []
        return {"changed": changed, "waiting": [], "refused": [], "warnings": warnings}
    known = world.all_kept(after.id, Change)
    waiting = [row(after, known[id]) for id in split.waiting]
    refused = [{"what": str(words_of(after, edit)), "why": NEEDS_ANOTHER} for edit in split.refused]
    return {"changed": changed, "waiting": waiting, "refused": refused, "warnings": []}


def waiting(world: World, org: str) -> list[dict[str, Any]]:
    """Every change that waits, the oldest first; not those that only coordinators may know of."""
    changes = sorted(world.all_kept(org, Change).values(), key=lambda change: (change.asked_ms, change.id))
    directory = world.directory(org)
    return [
        row(directory, change) for change in changes if change.via is Via.OPERATOR or secret_of(change.edit) is None
    ]


def row(directory: Directory, change: Change) -> dict[str, Any]:
    """One change, as `--json` prints it."""
    return {
        "id": change.id,
        "what": _what(directory, change),
        "weakens": [weakens.value for weakens in change.weakens],
        "state": change.phase.value,
        "asked_by": change.asker or change.via.value,
        "asked_at": moment(change.asked_ms),
        "acts_at": moment(change.due_ms),
        "lapses_at": moment(change.lapses_ms),
        "agreed": list(change.agreed),
        "because": [SENTENCES[weakens] for weakens in change.weakens],
    }


def _what(directory: Directory, change: Change) -> str:
    """What it would do; of several edits the first few, and how many more there are."""
    whole = str(words_of_all(directory, change.edits))
    if not change.more:
        return whole
    first = [str(words_of(directory, edit)) for edit in change.edits[:FEW]]
    more = len(change.edits) - len(first)
    return f"{whole} ({'; '.join(first)}{f'; and {more} more' if more else ''})"


def line(change: dict[str, Any]) -> str:
    """One change, as a person reads it."""
    if change["state"] == "agreed":
        then = f"agreed, acts at {change['acts_at']}"
    else:
        then = f"waits for a second person; acts at {change['acts_at']} at the earliest"
    return f"{change['what']}: {' '.join(change['because'])} ({then})"


def differences(before: Directory | None, after: Directory) -> list[str]:
    """What changed, a line each, in words that name no secret."""
    if before is None:
        return [f"organisation {after.id}: new", *(f"member {id}: new" for id in after.members)]
    lines = [f"member {id}: new" for id in after.members if id not in before.members]
    lines += [f"member {id}: removed" for id in before.members if id not in after.members]
    lines += [f"member {id}: changed" for id, m in after.members.items() if before.members.get(id, m) != m]
    for part in ("name", "languages", "sites", "places", "shifts", "plans"):
        if getattr(before, part) != getattr(after, part):
            lines.append(f"{part}: changed")
    return lines
