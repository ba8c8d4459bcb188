"""Starts a release: words of the command line in, the `booth` command of the tree that this file lies in out.

It runs on the system's Python, isolated (-I): gi, systemd and tensorrt come from there, all else from the tree.
"""

import json
import os
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent


def main() -> None:
    """Check that the tree fits this Python, then hand over."""
    wanted = json.loads((TREE / "build.json").read_text())["python"]
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if wanted != here:
        tag = "py" + here.replace(".", "")
        sys.exit(f"booth: {TREE} was built for Python {wanted}, this is {here}; install the package +{tag}")
    places = [str(TREE / "app"), str(TREE / "site-packages")]
    sys.path[:0] = places
    # The tree is read only to the booth, and bytecode that root leaves there would outlive the package.
    sys.dont_write_bytecode = True
    # For child processes, which start as `python -m`.
    os.environ.update(PYTHONPATH=os.pathsep.join(places), PYTHONDONTWRITEBYTECODE="1", PYTHONNOUSERSITE="1")
    os.environ["BOOTH_NETWORKS"] = str(TREE / "models")
    if os.geteuid() == 0:
        # Root tends the booth's own engines, not some of its own, and leaves no file that a purge does not know.
        os.environ.setdefault("XDG_CACHE_HOME", "/var/cache")
        os.environ.setdefault("GST_REGISTRY", "/var/cache/booth/gstreamer.registry")
    sys.argv[0] = "booth"
    from appliance.__main__ import main as booth

    booth()


if __name__ == "__main__":
    main()
