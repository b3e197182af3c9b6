// What an address carries behind its `#` or in its path. Of one that was cut short on its way, and cannot be read, it is
// what stands there: the server knows no such link, and says so.
export function spelled(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
