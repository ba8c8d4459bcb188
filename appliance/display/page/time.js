// The page's own clock, milliseconds: it goes on while a phone sleeps, when a browser's monotonic clock may stand still,
// and no wall clock that is set back makes it wait. Whatever is shown for a time only is gone when either says so.

let [passed, steady, wall] = [0, performance.now(), Date.now()];

export function now() {
  const [one, other] = [performance.now(), Date.now()];
  passed += Math.max(one - steady, other - wall, 0);
  [steady, wall] = [one, other];
  return passed;
}
