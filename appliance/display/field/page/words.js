// The words of the page: texts/*.yaml as the booth sends them, in the language that <html lang> names.

import { write } from "/field/dom.js";
import tables from "/field/tables.js";

// The first is the booth's own.
export const languages = Object.keys(tables);

export const language = () => document.documentElement.lang;

// The page goes on in another language, and says so in its address, where a reload finds it again.
export function speak(chosen) {
  document.documentElement.lang = chosen;
  const query = new URLSearchParams(location.search);
  query.set("lang", chosen);
  history.replaceState(null, "", `?${query}${location.hash}`);
}

// The text `word`, its {names} filled in; a figure as the language writes it.
export function say(word, values = {}) {
  return tables[language()][word].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? written(values[key]) : whole));
}

// The same for what the booth has said: a word together with its values.
export const sayIt = ({ word, ...values }) => say(word, values);

// Writes it; what the booth has in its own English alone is marked as that. Nothing for null.
export function tell(element, said) {
  write(element, said ? sayIt(said) : "");
  if (said?.word === "quoted") element.lang = "en";
  else element.removeAttribute("lang");
}

// The name of a language, in that language.
export const nameOf = (one) => tables[one].name;

// Whether the tables have a word for it.
export const knows = (word) => Object.hasOwn(tables[language()], word);

// A figure with so many digits behind the point, or the comma.
export function figure(value, digits) {
  return value.toLocaleString(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function duration(seconds) {
  if (seconds < 90) return say("seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say("minutes", { n: Math.round(seconds / 60) });
  return say("hours", { n: Math.round(seconds / 3600) });
}

function written(value) {
  return typeof value === "number" ? value.toLocaleString(language(), { useGrouping: false }) : value;
}
