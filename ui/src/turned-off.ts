// What it means for people that a bad setting has turned a part off: as `web/office/part_words.py` says it.
import { words, type Words } from "./say.ts";

const parts: Record<string, Words> = {
  server: words("The server does without a setting of its own."),
  "server.tls": words("The server has no certificate that it could use."),
  "server.host": words("Nothing is served to the network: only this machine reaches Tocsin."),
  "server.public_url": words("Links in texts and mails may lead nowhere, and what carriers say may not be believed."),
  "server.sos_port": words("Calls for help come in on another port than was wanted."),
  store: words("What is kept on the disk goes by what is usual, and not by the settings."),
  sms: words("Text messages may not go out."),
  "sms.twilio": words("No text messages go out by Twilio."),
  "sms.vonage": words("No text messages go out by Vonage."),
  "voice.twilio": words("No calls go out."),
  email: words("No mail goes out."),
  other: words("Nothing goes out by other services."),
  webhook: words("No other program is told anything."),
  push: words("Nothing goes out by the app."),
  "sign_in.oidc": words("Nobody signs in by the organisation's own sign-in; passkeys work."),
  reach: words("Nobody is asked by themself whether they can be reached."),
  feeds: words("Rosters that are subscribed to are read as is usual, and not by the settings."),
  map: words("The map shows nothing around the plan of a site."),
  heartbeat: words("Nobody outside hears that this server is alive."),
};
const unknown = words("Something is set that Tocsin does not know; what was meant by it does not work.");

/** Of the part, else of the one that it belongs to. */
export const meaning = (part: string): Words => parts[part] ?? parts[part.replace(/\.[^.]*$/, "")] ?? unknown;
