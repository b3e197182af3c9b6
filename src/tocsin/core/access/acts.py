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
}
