// An import that is under way: the page asks how far it is until it is led on, and asks again where no answer comes.
const asking = (event) => event.target instanceof Element && event.target.closest("[data-far]");
const AGAIN = 2000;

const unanswered = (event) => {
  if (event.target instanceof Element && event.target.matches("[data-import]") && event.detail.xhr.status) {
    event.stopPropagation(); // refused, or broken: the next question leads to the page that says so
  }
  const one = asking(event);
  if (!one) return;
  event.stopPropagation(); // nothing has failed but the question
  const status = event.detail.xhr.status;
  if (status >= 400 && status < 500) return location.reload();
  one.querySelector("[data-far-trouble]")?.removeAttribute("hidden");
  setTimeout(() => htmx.trigger(one, "again"), AGAIN);
};
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, unanswered, true);

// Led elsewhere, as somebody is who was signed out in the meantime
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig: { elt: one }, xhr } = event.detail;
  if (!one.matches("[data-far]") || xhr.status >= 400 || new URL(xhr.responseURL).pathname === one.getAttribute("hx-get")) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});
