"""What the audit trail can say: for each word that an act is kept under, the English sentence that people read.

A sentence has no subject: who did it, to whom and why stand beside it.  The word is for ever, the sentence may change.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # Signing in.
    "signed_in": "Signed in.",
    "signed_out": "Signed out.",
    "proved_again": "Proved again who they are.",
    "session_ended": "Ended a session.",
    "sessions_ended": "Ended sessions.",
    "passkey_added": "Added a passkey.",
    "passkey_named": "Named a passkey anew.",
    "passkey_removed": "Removed a passkey.",
    "passkey_cloned": "A passkey seems to have been copied; it was refused and ended.",
    "codes_made": "Made a new set of recovery codes.",
    "code_used": "Signed in with a recovery code.",
    "codes_missed": "Wrong recovery codes were tried.",
    # Links, devices, screens, keys.
    "founded": "Founded the organisation.",
    "link_made": "Made a one-time link.",
    "link_used": "Used a one-time link.",
    "link_lapsed": "A one-time link lapsed unused.",
    "device_enrolled": "Enrolled a phone.",
    "push_subscribed": "Had a phone take pushes.",
    "push_proven": "A phone acknowledged a push: it counts as a way to be reached.",
    "push_ended": "A phone takes no pushes any more.",
    "wallboard_set_up": "Set up a wallboard.",
    "desk_set_up": "Set up a desk.",
    "key_made": "Made an API key.",
    # The recovery of a person by two others.
    "recovery_asked": "Asked that somebody be let back in who lost every way to sign in.",
    "recovery_vouched": "Vouched for them as the second person; a day's delay begins.",
    "recovery_by_the_tied": "Vouched for somebody to whom they are tied; it counts for nothing; they do not know it.",
    "recovery_ready": "The delay is over: the two who vouched may make the link.",
    "recovery_done": "Was let back in; the passkeys, codes and sessions from before have ended.",
    "recovery_refused": "Refused to let them back in.",
    "recovery_lapsed": "It lapsed: nobody vouched, or nobody made the link, in time.",
    "recovery_needless": "It ended: they could sign in themself.",
    "recovery_suspended": "It ended: they are suspended.",
    # Ending access.
    "device_ended": "Ended a phone: it may still call for help, and nothing else.",
    "key_ended": "An API key ended.",
    "link_ended": "Took back a one-time link.",
    "desk_ended": "Ended a desk.",
    "wallboard_ended": "Ended a wallboard.",
    "passkey_ended": "Ended a passkey.",
    "person_ended": "Ended every session, phone, link and key of a member.",
    "restored": "Restored a backup; every session, link and key in it was ended.",
    "pins_set": "Set the PIN and the duress PIN.",
    "call_code_set": "Set the code that reads open alerts out on a call.",
    "contact_set": "Said of a contact how it is: whether it works, is verified, or wants no messages.",
    "pin_reset_asked": "Vouched for a member who forgot their PINs; a second person must do so too.",
    "pins_reset": "Took away PINs that were forgotten, as the second of two.",
    "pin_reset_refused": "Refused to have PINs taken away.",
    "pin_reset_lapsed": "Nobody else vouched in time for a member who forgot their PINs.",
    "suspended": "Suspended a member.",
    "suspended_by_the_tied": "Suspended a member of whose alerts they are not to be told.",
    "suspension_asked": "Asked to suspend a member in a watch window; a second person must ask it too.",
    "suspension_lapsed": "Nobody agreed in time to suspend a member.",
    "suspension_taken_back": "Took back the asking to suspend a member.",
    # Changes of the organisation, and those that wait for a second person.
    "changed_at_once": "Changed something; it takes nothing from anybody's protection.",
    "file_applied_whole": "Applied a file as a whole: nobody who may agree to changes has signed in yet.",
    "file_applied": "Applied a file; of what it says this many things were changed at once.",
    "change_asked": "Asked for a change that weakens protection; it waits for a second person.",
    "change_agreed": "Agreed to a change.",
    "change_agreement_lost": "An agreement counts no more: whoever gave it may no longer give it.",
    "change_applied": "A change that was agreed has been made.",
    "change_refused": "Refused a change.",
    "change_withdrawn": "A change is no longer asked for.",
    "change_lapsed": "A change lapsed: nobody agreed in time.",
    "change_overtaken": "A change was dropped: things are no longer as they were when it was agreed.",
    # Places.
    "places_changed": "Changed places; this many.",
    "sheet_set": "Set what places are drawn on.",
    "sheet_known": "Said where a plan lies on the ground.",
    "place_codes_made": "Made codes for the walls of places; this many.",
    "place_codes_renewed": "Replaced codes on the walls of places; this many, and the old ones say nothing any more.",
    # Rosters from outside.
    "roster_imported": "Imported a roster; of it this many shifts were changed at once.",
    "feed_added": "Subscribed to a roster feed.",
    "feed_ended": "Ended a roster feed; the roster stays as it was last read.",
    "feed_changed": "A roster feed changed; of it this many shifts were changed at once.",
    "feed_fails": "A roster feed cannot be read; the last good roster stays.",
    "feed_works": "A roster feed can be read again.",
    # Being here besides the roster.
    "clocked_in": "Clocked in.",
    "clocked_out": "Clocked out.",
    "reachability_dropped": "Reachability dropped: an alert here would now find less than it did.",
    # Shifts that change hands.
    "swap_asked": "Asked them to take a shift.",
    "swap_declined": "Declined to take a shift.",
    "swap_accepted": "Agreed to take a shift.",
    "swap_made": "A shift has changed hands.",
    "swap_withdrawn": "Asks no longer that a shift be taken.",
    "swap_refused": "A shift does not change hands: it was refused.",
    "swap_lapsed": "A shift did not change hands: it begins.",
    "swap_overtaken": "A shift does not change hands: the roster is another one now.",
    "swap_under_a_tie": (
        "A shift changed hands, and at that time people are on together of whom one is not told about the other."
    ),
    # Roll calls.
    "roll_called": "Asked everybody on shift whether they are safe.",
    "roll_closed": "A roll call was closed.",
    # Ties.
    "tie_set": "Set that somebody is not to be told about somebody.",
    "tie_asked": "Asked for a tie that would leave too few to call; a second coordinator must ask for it too.",
    "tie_not_in_force": "Somebody asked for a tie that they may not keep; they do not know it; it is not in force.",
    "tie_taken_back": "Took back the asking for a tie.",
    "tie_lapsed": "A tie lapsed: no second coordinator asked for it in time.",
}
