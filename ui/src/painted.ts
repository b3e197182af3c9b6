const AT_MOST_MS = 200; // A page that nobody looks at is never painted.

/** Once what was drawn last can be seen. What need not be there before it waits: a slow phone shows its disc that much sooner. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, AT_MOST_MS);
    requestAnimationFrame(() => setTimeout(done));
  });
}
