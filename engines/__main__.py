"""`python -m engines VERB`: what `make setup` calls; people use `booth engines`, which does the same and more."""

from __future__ import annotations

import argparse
import sys

from appliance.errors import told_in_a_line
from appliance.runtime.choose import JETSON_MARK
from engines.cache import default_cache
from engines.entries import read_manifest
from engines.layouts import PACKED, PLANAR
from engines.setup import fetch_model, list_models, set_up


def main() -> int:
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("setup", help="all that the booth needs")
    verbs.add_parser("list", help="every network there is, with what was measured")
    verbs.add_parser("fetch", help="one network that the set-up leaves out").add_argument("name")
    given = parser.parse_args()
    cache = default_cache()
    try:
        with told_in_a_line():
            if given.verb == "setup":
                # A Jetson runs plans, which are built from the planar files; a PC never needs those.
                set_up(cache, read_manifest(), (PACKED, PLANAR) if JETSON_MARK.exists() else (PACKED,))
            elif given.verb == "list":
                list_models(cache, read_manifest())
            else:
                fetch_model(cache, read_manifest(), given.name)
    except KeyboardInterrupt:
        print("booth: interrupted; what was fetched so far is kept, run: make setup", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
