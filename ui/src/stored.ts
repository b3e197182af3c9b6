// The small things that a page remembers. A browser may forbid it to, or be full: then it is forgotten, and nothing else
// goes wrong.

export function stored(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? null;
  } catch {
    return null;
  }
}

/** Was it kept? */
export function store(name: string, value: string): boolean {
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}
