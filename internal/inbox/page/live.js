// Keeps the page up to date while letters arrive. Without it the page works
// and is reloaded now and then.
(() => {
  "use strict";
  const parts = ["strip", "readers", "letters"];
  let seen = "";

  async function refresh() {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of parts) {
      const here = document.getElementById(id);
      const there = fresh.getElementById(id);
      if (!here || !there || here.innerHTML === there.innerHTML) continue;
      const focused = here.contains(document.activeElement) && document.activeElement.getAttribute("href");
      here.replaceChildren(...there.childNodes);
      if (focused) here.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  async function look() {
    if (document.hidden) return;
    const state = await (await fetch("/progress.json")).text();
    if (seen && state !== seen) await refresh();
    seen = state;
  }

  async function loop() {
    try {
      await look();
    } catch {
      // The demo has ended; what is on the page stays readable.
    }
    setTimeout(loop, 1000);
  }
  loop();
})();
