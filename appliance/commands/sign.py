"""The command that makes what hangs in the street and what is read behind it: sign."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import Config, file_option

app = typer.Typer()


class Size(str, Enum):
    """Papers that the sign is made for."""

    A2 = "A2"
    A3 = "A3"
    A4 = "A4"
    LETTER = "letter"


@app.command()
def sign(
    city: Annotated[str, typer.Option("--city", help="A city of deploy/cities.")],
    config: Config = None,
    out: Annotated[Path, file_option("--out", help="Folder for the files.")] = Path(),
    size: Annotated[Size, typer.Option("--size", help="Of the paper.")] = Size.A3,
    url: Annotated[
        str | None, typer.Option("--url", help="Where the page will lie; sign.url without.")
    ] = None,
) -> None:
    """Make the sign for the street as a PDF, and the page that its QR code leads to."""
    from appliance.verbs.sign import make_sign

    for file in make_sign(city, config, out, size.value, url):
        print(file)
