// Watches somebody who walks through a page with Tab alone.  Given to a page by keyboard.py, never part of the product.
(() => {
  if (window.walk) return; // A page that goes from state to state is given it before each walk.
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  /** Clipped to nothing: no mouse hits it. */
  const clipped = (e) => getComputedStyle(e).clipPath === "inset(50%)";
  const radio = (e) => e.matches("input[type=radio]");
  const group = (e) => [...document.querySelectorAll("input[type=radio]")].filter((one) => one.name === e.name && one.form === e.form);
  /** A group of radio buttons is one stop: the chosen one, or the first. */
  const stop = (e) => (radio(e) ? (group(e).find((one) => one.checked) ?? group(e)[0]) : e);
  const called = (e) =>
    (e.getAttribute("aria-label") ?? ([...(e.labels ?? [])].map((label) => label.textContent).join(" ") || e.textContent || e.name || e.tagName))
      .replace(/\s+/g, " ").trim().slice(0, 60);
  const stops = () => [
    ...new Set(
      [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]")]
        .filter((e) => !e.disabled && e.tabIndex >= 0 && shown(e))
        .map(stop),
    ),
  ];

  /** What keeps somebody from seeing that this has the focus, and from pressing it. */
  const unseen = (e) => {
    const drawn = getComputedStyle(e).opacity === "0" ? (e.closest("label") ?? e) : e;
    const style = getComputedStyle(drawn);
    const box = drawn.getBoundingClientRect();
    const [line] = drawn.getClientRects();
    const found = [];
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) found.push("has no outline");
    if (box.height <= innerHeight ? box.top < -0.5 || box.bottom > innerHeight + 0.5 : box.bottom < 0 || box.top > innerHeight) found.push("is out of sight");
    if (box.left < -0.5 || box.right > document.documentElement.clientWidth + 0.5) found.push("runs off the side");
    const middle = [(line.left + line.right) / 2, (Math.max(line.top, 0) + Math.min(line.bottom, innerHeight)) / 2];
    const hit = document.elementFromPoint(...middle);
    if (!hit || !(drawn.contains(hit) || hit.contains(e))) found.push(`lies under ${hit?.outerHTML.slice(0, 60)}`);
    else if (hit !== drawn && !drawn.contains(hit) && hit.matches("body, main, html")) found.push("cannot be hit");
    return found;
  };

  const watch = { visited: [], faults: [], stops: [], on: false, left: false };
  const here = () => {
    const e = document.activeElement;
    return !e || e === document.body || e === document.documentElement ? null : e;
  };
  const note = () => {
    const e = here();
    const at = e ? watch.stops.indexOf(stop(e)) : -1;
    // Keys that were on their way when the walk had left the page are not part of it.
    watch.left ||= watch.visited.length > 0 && (!e || (at === watch.visited[0] && watch.visited.at(-1) !== at));
    if (watch.left) return;
    if (e && at < 0) watch.faults.push(`${called(e)}: nobody expects a stop here`);
    if (e && watch.visited.at(-1) !== at) for (const fault of unseen(e)) watch.faults.push(`${called(e)}: ${fault}`);
    if (e && watch.visited.at(-1) !== at) watch.visited.push(at);
  };
  addEventListener("keydown", (event) => event.key === "Tab" && watch.on && note(), true);

  /** As on a page that has just been opened, or that was just left: the next Tab leads to its first or last stop. */
  const toTheEdge = (back) => {
    const edge = document.createElement("i");
    edge.tabIndex = -1;
    document.body[back ? "append" : "prepend"](edge);
    edge.focus();
    edge.remove();
  };

  window.walk = {
    begin: (back) => {
      toTheEdge(back);
      const found = stops();
      Object.assign(watch, { visited: [], faults: [], stops: found, first: found.at(back ? -1 : 0), on: true, left: false });
      return found.length;
    },
    /** Is nothing of the page focused any more, or the first again?  Which of both a browser shows first is its own. */
    out: () => watch.left || here() === null || (watch.visited.length >= watch.stops.length && stop(here()) === watch.first),
    end: () => {
      watch.on = false;
      const names = watch.stops.map(called);
      return { faults: watch.faults, visited: watch.visited.map((at) => names[at] ?? "?"), names };
    },
    /** Whatever a mouse would be shown a hand for, and no key leads to. */
    onlyByMouse: () => {
      const known = new Set(stops());
      const leads = (e) => e && known.has(stop(e));
      const reached = (e) => {
        const near = e.closest("a, button, summary, label, select, input, textarea");
        return near && (leads(near) || leads(near.control) || [...near.querySelectorAll("input")].some(leads));
      };
      return [...document.querySelectorAll("body *")]
        .filter((e) => shown(e) && !clipped(e) && getComputedStyle(e).cursor === "pointer" && !reached(e))
        .map((e) => e.outerHTML.slice(0, 90));
    },
    /** Pairs of which the second lies before the first, to an eye that reads lines. */
    againstTheEye: () => {
      const boxes = stops().filter((e) => !e.matches(".skip")).map((e) => ({ e, box: e.getBoundingClientRect() }));
      return boxes.slice(1).flatMap(({ e, box }, before) => {
        const { e: first, box: from } = boxes[before];
        const above = box.bottom <= from.top && box.left < from.right;
        const left = box.right <= from.left && box.top < from.bottom && box.bottom > from.top;
        return above || left ? [`${called(first)} comes before ${called(e)}, which stands before it`] : [];
      });
    },
    openAll: () => document.querySelectorAll("details").forEach((one) => (one.open = true)),
    folded: () => document.querySelectorAll("details:not([open])").length,
    called: () => (here() ? called(here()) : ""),
    firstInMain: () => stops().filter((e) => e.closest("main")).map(called)[0] ?? null,
    inMain: () => here()?.matches("main") ?? false,
  };
})();
