// Keeps the page in step with the files, and makes the keyboard useful. Without it
// every page works; it has to be loaded again to see a change.
(() => {
  "use strict";
  const state = document.getElementById("state");
  let mark = document.body.dataset.mark;
  let source = null;

  const say = (text, kind) => {
    if (!state) return;
    state.hidden = false;
    state.className = "state " + kind;
    state.textContent = text;
  };

  // The frame is as tall as its message, so that the page scrolls and not the frame.
  const frame = () => document.getElementById("message");
  function fit() {
    const f = frame();
    const inner = f && f.contentDocument && f.contentDocument.documentElement;
    if (!inner || !f.contentDocument.body) return;
    const body = f.contentDocument.body;
    f.style.height = Math.max(240, Math.ceil(Math.max(body.scrollHeight, body.getBoundingClientRect().bottom + f.contentWindow.scrollY))) + "px";
  }
  function watchFrame() {
    const f = frame();
    if (!f) return;
    const loaded = () => { fit(); f.contentDocument?.addEventListener("keydown", key); };
    f.addEventListener("load", loaded);
    fit();
  }
  addEventListener("resize", fit);

  const get = (url) => fetch(url, { headers: { "Partwork-Live": "1" } });
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  // swapFrame puts the new message in the place of the old one, in the same frame.
  async function swapFrame(fresh) {
    const here = frame(), there = fresh.getElementById("message");
    if (!here || !there) return Boolean(here) === Boolean(there);
    const answer = await get(there.getAttribute("src"));
    if (!answer.ok) return false;
    // The frame's own parser, because what it makes is under the frame's policy, which
    // lets a mail have its styles, and not under the page's, which does not.
    const inside = here.contentDocument;
    const next = inside.adoptNode(new here.contentWindow.DOMParser().parseFromString(await answer.text(), "text/html").documentElement);
    if (next.outerHTML !== inside.documentElement.outerHTML) {
      inside.documentElement.replaceWith(next);
      fit();
    }
    return true;
  }

  async function refresh() {
    const answer = await get(location.href);
    const fresh = parse(await answer.text());
    if (!fresh.body.dataset.mark) return location.reload();
    const parts = [...document.querySelectorAll("[data-live]")];
    if (!parts.every((p) => fresh.getElementById(p.id))) return location.reload();
    for (const here of parts) {
      const there = fresh.getElementById(here.id);
      if (here.innerHTML === there.innerHTML || here.contains(document.activeElement) && document.activeElement.matches("input, select")) continue;
      const focused = here.contains(document.activeElement) && document.activeElement.getAttribute("href");
      const open = [...here.querySelectorAll("details")].map((d) => d.open);
      here.replaceChildren(...there.childNodes);
      here.querySelectorAll("details").forEach((d, i) => { if (i in open) d.open = open[i]; });
      if (focused) here.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
    if (!(await swapFrame(fresh))) return location.reload();
    document.title = fresh.title;
    document.body.dataset.mark = mark = fresh.body.dataset.mark;
    document.body.dataset.refreshed = String(Number(document.body.dataset.refreshed || 0) + 1);
  }

  // One refresh at a time, and one more if something changed meanwhile.
  let busy = false, again = false;
  async function follow() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      do { again = false; await refresh(); } while (again);
      say("live", "live");
    } catch {
      say("away", "gone");
    }
    busy = false;
  }

  // A hidden page lets go of its connection: browsers allow few to one host.
  function listen() {
    if (source || document.hidden || !state) return;
    source = new EventSource("/_/live");
    source.onopen = () => say("live", "live");
    source.onmessage = (e) => { if (e.data !== mark) { mark = e.data; follow(); } };
    source.onerror = () => say("preview has stopped", "gone");
  }
  function hush() { source?.close(); source = null; }
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);

  // Forms that need no button.
  document.querySelectorAll("[data-without]").forEach((b) => { b.hidden = true; });
  document.addEventListener("change", (e) => { if (e.target.matches("[data-submit]")) e.target.form.submit(); });

  const next = (list, current) => list[(list.indexOf(current) + 1) % list.length];
  function key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches?.("input, select, textarea")) return;
    if (e.key === "?") return void document.getElementById("keys")?.showModal();
    const cycle = document.querySelector(`[data-cycle="${CSS.escape(e.key)}"]`);
    if (cycle) {
      const links = [...cycle.querySelectorAll("a")];
      return void next(links, links.find((a) => a.ariaCurrent)).click();
    }
    if (e.key === "p") {
      const select = document.querySelector("select[data-submit]");
      if (!select) return;
      select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
      return void select.form.submit();
    }
    document.querySelector(`a[data-key="${CSS.escape(e.key)}"]`)?.click();
  }
  document.addEventListener("keydown", key);

  document.querySelector(".rail [aria-current=page]")?.scrollIntoView({ block: "nearest" });
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - tab.parentElement.clientWidth / 2;
  watchFrame();
  listen();
})();
