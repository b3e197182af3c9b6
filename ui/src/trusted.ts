// Trusted Types: the one policy of a page, for everything that could make a script of a text. It refuses all HTML and all
// code, since no page of ours is built from texts, and lets through nothing but the address of a script from our own server.
interface Policies {
  readonly defaultPolicy: unknown;
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

function own(url: string): string {
  const { origin, pathname } = new URL(url, location.href);
  if (origin !== location.origin || (!pathname.startsWith("/static/") && pathname !== "/service-worker.js")) throw new TypeError("not our script");
  return url;
}

const policies = (self as unknown as { trustedTypes?: Policies }).trustedTypes;
if (policies && policies.defaultPolicy === null) policies.createPolicy("default", { createScriptURL: own });
