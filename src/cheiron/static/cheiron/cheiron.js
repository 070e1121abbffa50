// Small conveniences. Every page works without them.
(() => {
  const root = document.documentElement;
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };
  const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const closest = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  // Colors, dismissal, menus
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-theme-toggle]")) {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      remember("theme", root.dataset.bsTheme);
    }
    const dismiss = closest(event, "[data-dismiss]");
    if (dismiss) {
      dismiss.closest("[data-dismissible]").remove();
      document.getElementById("main").focus({ preventScroll: true });
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A list that narrows as one types: <input data-filter="#people">, whose children (or data-filter-items) match by their text.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const narrow = (input) => {
    const list = document.querySelector(input.dataset.filter);
    if (!list) return;
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of input.dataset.filterItems ? list.querySelectorAll(input.dataset.filterItems) : list.children) {
      const text = (item.plainText ??= plain(item.dataset.filterText ?? item.textContent));
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    for (const count of document.querySelectorAll(`[data-filter-count="${input.dataset.filter}"]`)) count.textContent = shown;
    for (const empty of document.querySelectorAll(`[data-filter-empty="${input.dataset.filter}"]`)) empty.hidden = shown > 0;
  };
  document.addEventListener("input", (event) => { if (closest(event, "[data-filter]")) narrow(event.target); });

  // One-letter keys, declared where they act: data-key="L". They can be switched off (WCAG 2.1.4).
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter((one) => one.checkVisibility?.() ?? one.offsetParent);
  const keysOn = () => recall("keys") !== "off";
  const showKeys = () => {
    for (const toggle of document.querySelectorAll("[data-keys-toggle]")) {
      toggle.hidden = !document.querySelector("[data-key]");
      toggle.querySelector("span").textContent = keysOn() ? toggle.dataset.on : toggle.dataset.off;
    }
    root.classList.toggle("keys-off", !keysOn());
    for (const one of document.querySelectorAll("[data-key]")) {
      if (keysOn()) one.setAttribute("aria-keyshortcuts", one.dataset.key); else one.removeAttribute("aria-keyshortcuts");
    }
  };
  document.addEventListener("click", (event) => {
    if (!closest(event, "[data-keys-toggle]")) return;
    remember("keys", keysOn() ? "off" : "on");
    showKeys();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || !keysOn()) return;
    if (closest(event, "input:not([type=radio], [type=checkbox], [type=range], [type=button], [type=submit]), textarea, select, [contenteditable]")) return;
    const one = keyed().find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
    if (!one || one.disabled) return;
    event.preventDefault();
    if (one.matches("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select")) one.focus(); else one.click();
  });

  // A file dropped on its field
  const drop = (event) => closest(event, "[data-drop]");
  const named = (box) => {
    const input = box.querySelector("input[type=file]");
    box.querySelector("[data-drop-name]").textContent = [...input.files].map((file) => file.name).join(", ");
  };
  document.addEventListener("dragover", (event) => {
    if (!drop(event)) return;
    event.preventDefault();
    drop(event).classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (drop(event) && !drop(event).contains(event.relatedTarget)) drop(event).classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const box = drop(event);
    if (!box || !event.dataTransfer.files.length) return;
    event.preventDefault();
    box.classList.remove("over");
    box.querySelector("input[type=file]").files = event.dataTransfer.files;
    box.querySelector("input[type=file]").dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => { if (drop(event) && event.target.type === "file") named(drop(event)); });

  // A form whose answer takes seconds says so while it is under way
  const busy = (text) => (form) => {
    form.querySelector("[data-busy-text]").textContent = text(form);
    form.querySelector("button:not([type=button])").toggleAttribute("disabled", text(form) !== "");
  };
  document.addEventListener("submit", (event) => {
    const form = closest(event, "form[data-busy]");
    if (form) setTimeout(() => busy((one) => one.dataset.busy)(form));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(busy(() => ""));
  });

  // A slider says its value; the chosen one of a long list is marked, and what it opens is in view
  const wide = window.matchMedia("(min-width: 1101px)");
  document.addEventListener("input", (event) => {
    const slider = closest(event, "input[data-shows]");
    if (slider) document.querySelector(`output[for="${slider.id}"]`).textContent = slider.value;
  });
  document.addEventListener("reset", (event) => setTimeout(() => {
    for (const slider of event.target.querySelectorAll("input[data-shows]")) slider.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  document.addEventListener("htmx:afterRequest", (event) => {
    const chosen = closest(event, "a[data-choose]");
    if (!chosen || !event.detail.successful) return;
    for (const one of document.querySelectorAll("a[data-choose][aria-current]")) one.removeAttribute("aria-current");
    chosen.setAttribute("aria-current", "true");
    if (!wide.matches) document.querySelector(chosen.getAttribute("hx-target")).scrollIntoView();
  });
  if (wide.matches) document.querySelector("a[data-choose][aria-current]")?.scrollIntoView({ block: "center" });

  // A row dragged onto the pair presses its button
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = closest(event, "[data-drag]") || null;
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.drag);
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged || !closest(event, "[data-drop-pair]")) return;
    event.preventDefault();
    closest(event, "[data-drop-pair]").classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    const pair = closest(event, "[data-drop-pair]");
    if (pair && !pair.contains(event.relatedTarget)) pair.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!dragged || !closest(event, "[data-drop-pair]")) return;
    event.preventDefault();
    dragged.querySelector("button[name=pin]").click();
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    for (const pair of document.querySelectorAll("[data-drop-pair].over")) pair.classList.remove("over");
  });

  // A request of htmx that failed says so
  const trouble = () => {
    const place = document.getElementById("messages");
    place.replaceChildren(document.getElementById("trouble").content.cloneNode(true));
    place.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:afterSwap", () => {
    showKeys();
    for (const input of document.querySelectorAll("[data-filter]")) if (input.value) narrow(input);
  });
  showKeys();
})();
