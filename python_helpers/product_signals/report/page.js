"use strict";
// The page says all it has to without this: here charts get tips and follow the
// width, the work list gets a filter, and a reader is told of a new page.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const portfolio = document.getElementById("portfolio");
  const title = document.title;
  const views = new Map();

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  function showTip(_, event, item, text) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${Math.max(event.clientY - tip.offsetHeight - 12, 4)}px`;
  }

  function rowsOf(columns) {
    const names = Object.keys(columns);
    return columns[names[0]].map((_, index) =>
      Object.fromEntries(names.map((name) => [name, columns[name][index]])),
    );
  }

  async function draw(place) {
    const width = place.clientWidth;
    const known = views.get(place);
    if (!width || (known && known.width === width)) return;
    const { spec, data, columns } = charts[place.dataset.chart];
    const sized = {
      ...structuredClone(spec),
      autosize: { type: "fit-x", contains: "padding" },
      width,
    };
    sized.data.find((one) => one.name === data).values = rowsOf(columns);
    const canvas = document.createElement("div");
    const view = new vega.View(vega.parse(sized, null, { ast: true }), {
      expr: vega.expressionInterpreter,
      renderer: "svg",
      container: canvas,
      hover: true,
    });
    views.set(place, { view, width });
    view.tooltip(showTip);
    await view.runAsync();
    if (views.get(place).view !== view) return view.finalize();
    if (known) known.view.finalize();
    // The place has the words; its drawing has none of its own.
    canvas.querySelector("svg").setAttribute("aria-hidden", "true");
    for (const part of [canvas, ...canvas.querySelectorAll("[role]")]) {
      part.removeAttribute("role");
      part.removeAttribute("aria-roledescription");
      part.removeAttribute("aria-label");
    }
    place.classList.add("live");
    place.replaceChildren(canvas);
  }

  const places = document.querySelectorAll("[data-chart]");
  const follow = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      draw(target).catch((error) => console.error(error));
    }
  });
  for (const place of places) follow.observe(place);

  function arrive() {
    let target = null;
    try {
      target = location.hash && document.querySelector(":target");
    } catch {
      return;
    }
    const isAccount = target && target.classList.contains("account");
    document.title = isAccount
      ? `${target.querySelector("h1").textContent} – ${title}`
      : title;
    if (!target) return;
    // Whoever went on within it meanwhile stays where they are.
    if (!target.contains(document.activeElement)) {
      target.focus({ preventScroll: true });
    }
    if (isAccount) scrollTo(0, 0);
    else if (target === portfolio) scrollTo(0, 0);
    else target.scrollIntoView();
  }
  addEventListener("hashchange", arrive);
  arrive();

  // The first of the work list, until somebody asks for more.
  const few = 10;
  const rows = [...document.querySelectorAll("#work tbody tr")];
  const owner = document.getElementById("owner");
  const all = document.getElementById("all");
  let most = few;

  function list() {
    const wanted = owner ? owner.value : "";
    const fit = rows.filter((row) => !wanted || row.dataset.owner === wanted);
    for (const row of rows) row.hidden = true;
    for (const row of fit.slice(0, most)) row.hidden = false;
    all.hidden = fit.length <= most;
    all.textContent = `Show all ${fit.length} accounts`;
    return fit;
  }

  if (rows.length) {
    list();
    all.addEventListener("click", () => {
      most = Infinity;
      list()[few].querySelector("a, th").focus();
    });
  }
  if (owner) {
    const said = document.getElementById("filtered");
    owner.closest(".filter").hidden = false;
    owner.addEventListener("change", () => {
      const fit = list();
      said.textContent = `${fit.length} of ${rows.length} accounts`;
    });
  }
})();
