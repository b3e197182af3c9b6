// What a message was for, and why it did not arrive, in words for people.
import { words, type Words } from "./say.ts";

export const purposes: Record<string, Words | ""> = {
  ring: "",
  all_clear: words("All clear"),
  real_alert: words("Real alert"),
  drill_over: words("Drill over"),
  closing: words("About the close"),
  reply: words("Reply"),
  follow_up: words("Link to their page"),
  reach_test: words("Reach test"),
  announcement: words("Announcement"),
  walk: words("About a walk"),
};

export const reasons: Record<string, Words> = {
  opted_out: words("they texted STOP"),
  number_dead: words("the number is dead"),
  address_dead: words("the address is dead"),
  phone_off: words("the phone is off"),
  filtered: words("the carrier filtered it"),
  sender_unregistered: words("our number is not registered"),
  sender_suspended: words("our number is suspended"),
  destination_blocked: words("the carrier blocks the number"),
  rate_limited: words("the carrier is slowing us down"),
  vendor_down: words("the carrier is down"),
  vendor_refused: words("the carrier refused it"),
  nobody_knows: words("nobody knows if it arrived"),
  deferred: words("the mail server wants it later"),
  voicemail: words("a machine took the call"),
  no_answer: words("nobody picked up"),
  cut_off: words("the call was cut off"),
  expired: words("it came too late"),
  no_contact: words("no way to reach them"),
  emergency_number: words("it is an emergency number"),
  alert_closed: words("the alert closed first"),
  no_longer_a_recipient: words("no longer to be told"),
  answered_meanwhile: words("they answered first"),
  newer_message: words("a newer one was sent"),
  drill_ended: words("the drill ended"),
  heard_on_call: words("they heard it on a call"),
};
