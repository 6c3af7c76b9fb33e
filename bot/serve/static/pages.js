// Amur's server-rendered pages. Everything works without this file; it adds comfort only.
(() => {
  "use strict";
  // A permalink without its fragment still leads to the first marked words.
  const first = document.getElementById("c1");
  if (first && !location.hash) first.scrollIntoView({ block: "center" });
})();
