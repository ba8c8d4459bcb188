"""The command of the booth's own screen: the board's address in, a window that shows it and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer()


@app.command(hidden=True)
def screen(
    board: Annotated[
        str, typer.Argument(help="The board's address on this machine.")
    ] = "http://127.0.0.1:8480/",
) -> None:
    """Show the board and nothing else, as booth-screen.service does within cage; on a desk in a window."""
    from appliance.screen.address import home_of
    from appliance.screen.window import show_window

    show_window(home_of(board))
