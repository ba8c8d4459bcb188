// The switch below every page: the languages by their own names, each a link that works by itself, too.

import { byId, make } from "/field/dom.js";
import { language, languages, nameOf, say, speak } from "/field/words.js";

// Shows the links; `again` is called after a choice, to write the page anew.
export function showLanguages(again) {
  byId("languages").setAttribute("aria-label", say("languages"));
  byId("languages").replaceChildren(...languages.map((one) => link(one, again)));
}

function link(one, again) {
  const here = make("a", { href: `?lang=${one}`, lang: one, hreflang: one, textContent: nameOf(one) });
  if (one === language()) here.setAttribute("aria-current", "true");
  here.addEventListener("click", (event) => {
    event.preventDefault();
    speak(one);
    again();
    byId("languages").querySelector("[aria-current]").focus({ preventScroll: true });
  });
  return here;
}
