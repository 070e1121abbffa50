// Before the first paint: the chosen colors, or those of the system. Without this script the style sheet follows the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const paint = () => { root.dataset.bsTheme = chosen() || (system.matches ? "dark" : "light"); };
  root.classList.add("scripted");
  system.addEventListener("change", paint);
  paint();
})();
