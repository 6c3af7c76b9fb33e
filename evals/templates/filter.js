(() => {
  "use strict";
  const form = document.getElementById("filter");
  const list = document.getElementById("list");
  if (!form || !list) return;
  const cases = [...list.querySelectorAll(":scope > .case")];
  const selects = [...form.querySelectorAll("select")];
  const words = form.elements.q;
  const output = form.querySelector("output");
  const none = document.getElementById("none");
  let texts;

  const apply = () => {
    const wanted = selects.filter((s) => s.value).map((s) => [s.name, s.value]);
    const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (sought.length && !texts) texts = cases.map((c) => c.textContent.toLowerCase());
    let shown = 0;
    cases.forEach((c, i) => {
      const fits = wanted.every(([n, v]) => c.getAttribute("data-" + n) === v) && sought.every((w) => texts[i].includes(w));
      if (c.hidden === fits) c.hidden = !fits;
      shown += fits;
    });
    output.textContent = `${shown} of ${cases.length}`;
    none.hidden = shown > 0;
  };

  const write = () => {
    const chosen = new URLSearchParams([...new FormData(form)].filter(([, v]) => v));
    history.replaceState(null, "", "#" + (chosen.toString() || "cases"));
  };

  const read = () => {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) return;
    const chosen = new URLSearchParams(hash);
    for (const s of selects) {
      s.value = chosen.get(s.name) || "";
      if (s.selectedIndex < 0) s.value = "";
    }
    words.value = chosen.get("q") || "";
    apply();
    const one = chosen.has("case") && document.getElementById(hash);
    if (one) one.querySelector("details").open = true;
    (one || document.getElementById("cases")).scrollIntoView();
    if (!one) document.getElementById("cases").focus({ preventScroll: true });
  };

  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { apply(); write(); }, event.target === words ? 150 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); write(); }));
  addEventListener("hashchange", read);
  form.hidden = false;
  apply();
  read();
})();
