"""What it means for people that a bad setting has turned a part off; what is wrong with the setting is its operator's.

The console says the same of each (`ui/src/turned-off.ts`).
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.web.speaking import words

PARTS: Mapping[str, str] = {
    "server": words("The server does without a setting of its own."),
    "server.tls": words("The server has no certificate that it could use."),
    "server.host": words("Nothing is served to the network: only this machine reaches Tocsin."),
    "server.public_url": words("Links in texts and mails may lead nowhere, and what carriers say may not be believed."),
    "server.sos_port": words("Calls for help come in on another port than was wanted."),
    "store": words("What is kept on the disk goes by what is usual, and not by the settings."),
    "sms": words("Text messages may not go out."),
    "sms.twilio": words("No text messages go out by Twilio."),
    "sms.vonage": words("No text messages go out by Vonage."),
    "voice.twilio": words("No calls go out."),
    "email": words("No mail goes out."),
    "other": words("Nothing goes out by other services."),
    "webhook": words("No other program is told anything."),
    "push": words("Nothing goes out by the app."),
    "sign_in.oidc": words("Nobody signs in by the organisation's own sign-in; passkeys work."),
    "reach": words("Nobody is asked by themself whether they can be reached."),
    "feeds": words("Rosters that are subscribed to are read as is usual, and not by the settings."),
    "map": words("The map shows nothing around the plan of a site."),
    "heartbeat": words("Nobody outside hears that this server is alive."),
}
UNKNOWN = words("Something is set that Tocsin does not know; what was meant by it does not work.")


def meaning(part: str) -> str:
    """In English, marked for translation: of the part, else of the one that it belongs to."""
    return PARTS.get(part) or PARTS.get(part.rpartition(".")[0]) or UNKNOWN
