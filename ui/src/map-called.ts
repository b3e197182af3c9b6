// What draws the plan on the page of whoever was called: a file of its own, fetched where there is one to draw.
export { AlertMap } from "./map-console.ts";
