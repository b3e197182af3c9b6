// What the clock on the wall of a site shows. A workstation may be set to another zone than the room it stands in, and then
// two screens beside each other would tell of two different hours.
interface Zoned {
  time_zone?: string;
  utc_offset_s?: number; // Now; an older server does not say.
}

let zone: Intl.DateTimeFormat | null = null;

/** From now on hours are those of this site. Nothing is made where this browser keeps them anyway: a format is dear. */
export function keepTimeOf({ time_zone, utc_offset_s }: Zoned): void {
  const here = -60 * new Date().getTimezoneOffset();
  if (time_zone === undefined || utc_offset_s === undefined || utc_offset_s === here) zone = null;
  else if (zone?.resolvedOptions().timeZone !== time_zone) zone = made(time_zone);
}

function made(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  } catch {
    return null; // A zone that this browser does not know.
  }
}

/** A date whose UTC fields are what the wall shows. Of no date, none: one that is wrong must not keep the rest from its screen. */
export function wall(ms: number): Date {
  const date = new Date(ms);
  if (!zone || Number.isNaN(date.getTime())) return new Date(ms - 60_000 * date.getTimezoneOffset());
  const part = Object.fromEntries(zone.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return new Date(Date.UTC(part["year"] ?? 0, (part["month"] ?? 1) - 1, part["day"] ?? 1, part["hour"] ?? 0, part["minute"] ?? 0, part["second"] ?? 0));
}
