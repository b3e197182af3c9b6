// Where every quick exit leads: to the ordinary thing of this browser, in the place of the page that was left, so that
// nothing is there to go back to.
const ORDINARY = "/notes";

/** `to`: the address of a link that leads there without any script too. */
export function leave(to = ORDINARY): void {
  try {
    sessionStorage.setItem("tocsin.left", "yes");
  } catch {
    // Forbidden: what opens there is the phone's page.
  }
  location.replace(to);
}
