// The words of the board: texts/*.yaml as the booth sends them, in the language that <html lang> names.

import tables from "/board/tables.js";

export const languages = Object.keys(tables);

export const language = () => document.documentElement.lang;

// The text `word`, its {names} filled in; in another language where one is named.
export function say(word, values = {}, one = language()) {
  return tables[one][word].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? written(values[key]) : whole));
}

// Whether the tables have a word for it.
export const knows = (word) => Object.hasOwn(tables[language()], word);

function written(value) {
  return typeof value === "number" ? value.toLocaleString(language(), { useGrouping: false }) : value;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
