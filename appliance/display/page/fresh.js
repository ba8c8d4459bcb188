// How long ago the booth has said something: its second in; that moment on the page's clock, or null where it is too long
// ago, out. A connection that stalls brings all of it later, and neither a card nor an open camera may come back with it.

import { now } from "/board/time.js";

const LATE_MS = 2000;
const DRIFT = 0.01; // of the two clocks: more than they can differ by, and much less than a stall

// For one connection, asked for at `asked`: between that and its first word, or its quickest one, nothing can be older.
export function dating(asked) {
  let least = null; // the page's clock less the booth's
  let before = asked;
  return (second) => {
    const here = now();
    const offset = here - 1000 * second;
    const known = least === null ? offset : Math.min(offset, least + DRIFT * (here - before));
    if ((least === null ? here - asked : offset - known) > LATE_MS) return null;
    [least, before] = [known, here];
    return known + 1000 * second;
  };
}
