"""The commands that give a booth's certificate another year, without a visit: renew request, renew take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import file_argument, file_option

app = typer.Typer(no_args_is_help=True, help="At the booth, as root: another year for its certificate.")

Root = Annotated[Path, file_option("--root", help="File system of the booth.")]


@app.command()
def request(root: Root = Path("/")) -> None:
    """Print a request for the booth's name and key, to be signed by `deploy/broker/ca renew`."""
    from appliance.verbs.renew import print_request

    print_request(root)


@app.command()
def take(
    file: Annotated[Path, file_argument(help="The certificate in PEM; - reads it from stdin.")],
    root: Root = Path("/"),
) -> None:
    """Put a certificate in the place of the one that is there, if it is this booth's and lasts longer."""
    from appliance.verbs.renew import take_certificate

    take_certificate(file, root)
