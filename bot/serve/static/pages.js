// Amur's server-rendered pages. Everything works without this file; it adds comfort only.
(() => {
  "use strict";
  // A permalink without its fragment still leads to the first marked words.
  const first = document.getElementById("c1");
  if (first && !location.hash) first.scrollIntoView({ block: "center" });

  // A plot tells the value nearest to the pointer; a press leads to its row in the table.
  for (const plot of document.querySelectorAll("svg.plot")) {
    const box = plot.closest(".drawn");
    const signs = [...plot.querySelectorAll(".sign")].map((sign) => ({ sign, text: sign.querySelector("title").textContent }));
    for (const { sign } of signs) sign.querySelector("title").remove();
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    box.append(tip);
    let near = null;

    const leave = () => {
      if (near) near.sign.classList.remove("near");
      near = null;
      tip.hidden = true;
    };
    const look = (event) => {
      let best = Infinity;
      let found = null;
      for (const one of signs) {
        const at = one.sign.getBoundingClientRect();
        const far = Math.hypot(at.left + at.width / 2 - event.clientX, at.top + at.height / 2 - event.clientY);
        if (far < best) [best, found] = [far, one];
      }
      leave();
      if (!found || best > 60) return;
      near = found;
      near.sign.classList.add("near");
      tip.textContent = near.text;
      tip.hidden = false;
      const frame = box.getBoundingClientRect();
      const at = near.sign.getBoundingClientRect();
      tip.style.left = `${Math.max(0, Math.min(at.left - frame.left - tip.offsetWidth / 2, frame.width - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, at.top - frame.top - tip.offsetHeight - 8)}px`;
    };
    plot.addEventListener("pointermove", look);
    plot.addEventListener("pointerdown", look);
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("click", () => {
      const row = near && document.getElementById(near.sign.dataset.row);
      if (!row) return;
      row.closest("details").open = true;
      location.hash = row.id;
    });
  }
})();
