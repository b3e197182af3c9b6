// The quick exit of the pages that the server draws. Without this script it is a link like any other.
import { leave } from "./leave.ts";

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-exit]") : null;
  if (!link) return;
  event.preventDefault();
  leave(link.href);
});
