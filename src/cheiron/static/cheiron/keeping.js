// The intake is kept on the server as one types (htmx sends it), and sent again until it arrives.
// Nothing is put into the browser's own storage: on a shared computer the next person could read it there.
const line = document.getElementById("kept");
const form = line.closest("form");
const address = new URL(line.getAttribute("hx-post"), location.href).pathname;
const [SOON, LATEST] = [2000, 30000];
let typed = 0, sent = 0, kept = 0, pause = SOON, timer, failing = false, leaving = false;

const again = () => { clearTimeout(timer); if (kept < typed) htmx.trigger(line, "again"); };
const failed = (event) => {
  event.stopPropagation(); // the page's own message says to reload, which would lose what was typed
  const status = event.detail.xhr?.status ?? 0;
  const stale = status >= 400 && status < 500 && status !== 408 && status !== 429;
  line.textContent = stale ? line.dataset.stale : line.dataset.failing;
  clearTimeout(timer);
  failing = !stale;
  if (stale) return;
  timer = setTimeout(again, pause);
  pause = Math.min(pause * 2, LATEST);
};

form.addEventListener("input", () => { typed += 1; });
form.addEventListener("submit", () => { leaving = true; });
line.addEventListener("htmx:beforeRequest", () => { sent = typed; });
line.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) return;
  if (new URL(event.detail.xhr.responseURL).pathname === address) {
    kept = sent;
    pause = SOON;
    failing = false;
  } else { // led elsewhere: signed out in the meantime
    event.detail.shouldSwap = false;
    failed(event);
  }
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) line.addEventListener(name, failed);
window.addEventListener("online", again);
window.addEventListener("pageshow", () => { leaving = false; }); // back from a page that did not come

// A phone that is put away may never come back to this page
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || kept === typed || leaving) return;
  const now = typed;
  fetch(address, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual", headers: { "HX-Request": "true" } })
    .then((answer) => { if (answer.ok) kept = Math.max(kept, now); }, () => {});
});
window.addEventListener("beforeunload", (event) => { if (failing && kept < typed && !leaving) event.preventDefault(); });
