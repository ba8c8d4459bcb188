"""The logbook: what changed in a booth goes in, one line each, in a chain of hashes that shows every later touch.

`record(state, "vision", "mode", "opt-in-zone")` is all that others call: it writes one line if the newest of that kind
says otherwise, and returns whether the logbook says so now. It never raises for a disk that refuses: a booth goes on
without, and whoever called tries again. There is no room for personal data: each kind has a closed form (entry.FORMS),
and no address, name or picture fits one.
"""

from appliance.logbook.book import head_words, record

__all__ = ["head_words", "record"]
