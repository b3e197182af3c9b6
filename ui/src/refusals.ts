// Why the server said no to an act on an alert, by the code of its answer: its own sentences, word for word.
import { Refused } from "./api.ts";
import { t, words, type Words } from "./say.ts";

const refusals: Record<string, Words> = {
  no_credential: words("This token was never issued."),
  not_ours: words("This request did not come from a page of this site."),
  raise_only: words("This credential may only call for help."),
  no_such_alert: words("There is no such alert."),
  not_rung: words("This alert did not ring you."),
  alert_closed: words("This alert is closed."),
  no_proposal: words("Nobody proposes to close this alert now."),
  already_proposed: words("Somebody proposed it before."),
  same_person: words("Two different people close an alert."),
  same_device: words("Two different devices close an alert."),
  needs_a_closer: words("One of the two must be a supervisor or coordinator."),
  too_new: words("Your way in began while this alert was open."),
  run_by_another: words("Somebody else runs this alert."),
  cannot_take_it: words("They cannot run this alert."),
  opened_elsewhere: words("This link was opened on another device."),
  under_a_tie: words("You may take no part in this."),
  real_alert_open: words("A real alert is open, and a drill would take people from it."),
  wrong_pin: words("That is not the PIN."),
  pin_needed: words("This needs your PIN."),
  no_such_walk: words("There is no such walk."),
  walk_over: words("This walk is over."),
  walk_open_already: words("They are on a walk already."),
  bad_walk_time: words("A walk lasts 1 to 240 minutes."),
  extended_enough: words("A walk is extended by 60 minutes at the most."),
  bad_buddy: words("They cannot be the buddy of this walk."),
  bad_bay: words("The site has no such place."),
  conflict: words("Something else changed first."),
  not_json: words("The body is not readable as JSON."),
  bad_field: words("A field has a value that cannot be used."),
  too_large: words("The body is too large."),
  not_stored: words("Not sent: the server could not store this."),
  not_allowed: words("This is not for you to do."),
  not_fresh: words("This needs you to prove again who you are."),
  too_many: words("Too many requests."),
  session_over: words("You are not signed in any more."),
  stopping: words("The server is stopping."),
  fault: words("The server made a mistake."),
};

/** What a person reads after an act that did not go through. A sentence that is not here comes as the server wrote it. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Refused)) return t("No connection.");
  const known = refusals[error.code];
  return known ? t(known) : error.message || t("The server refused it ({status}).", { status: error.status });
}

/** The same of an act as a whole: only the server itself can say that something was not done. */
export const whatBecame = (error: unknown): string =>
  error instanceof Refused ? t("Not done. {why}", { why: whyNot(error) }) : t("No answer came: it may be done or not. Look before you do it again.");
