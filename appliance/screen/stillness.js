// For whoever only looks: the pointer goes after a few seconds, and a page that somebody has left gives way to the board.

(() => {
  const POINTER_MS = 4000;
  const LEFT_MS = 600000; // as long as a code on the screen is good
  const HIDDEN = "booth-still";
  const root = document.documentElement;
  let [pointer, left] = [0, 0];

  const still = () => root.classList.add(HIDDEN);

  function moved(event) {
    clearTimeout(left);
    left = setTimeout(home, LEFT_MS);
    if (!event.type.startsWith("pointer")) return;
    clearTimeout(pointer);
    root.classList.remove(HIDDEN);
    pointer = setTimeout(still, POINTER_MS);
  }

  function home() {
    const lang = new URLSearchParams(location.search).get("lang");
    if (location.pathname !== "/") location.replace(lang ? `/?lang=${encodeURIComponent(lang)}` : "/");
  }

  for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, moved, true);
  still();
  left = setTimeout(home, LEFT_MS);
})();
