"""The commands that give a booth its identity: make a stick, sign a booth's request, show a stick, read it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from appliance.commands.options import file_argument, file_option


class StickFirst(TyperGroup):
    """`booth provision FOLDER` means `booth provision make FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Words of the command line as the group takes them."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["make", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer()
sticks = typer.Typer(cls=StickFirst, no_args_is_help=True, help="Sticks that give booths their identity.")
app.add_typer(sticks, name="provision")

StickFolder = Annotated[Path, file_argument(help="Where the stick is mounted.")]
AuthorityFolder = Annotated[
    Path | None, file_option("--authority", help="Sign here: the folder of deploy/broker/ca.")
]
Again = Annotated[bool, typer.Option("--again", help="Sign though this booth has a certificate already.")]


@sticks.command()
def make(
    folder: Annotated[Path | None, file_argument(help="Where the stick is mounted, or any folder.")] = None,
    device: Annotated[
        Path | None, file_option("--device", help="Format this partition, as /dev/sdb1 (root).")
    ] = None,
    city: Annotated[str, typer.Option("--city", help="new-york, toronto, stockholm, madrid, ...")] = "",
    booth: Annotated[str, typer.Option("--booth", help="The booth's name in its city.")] = "",
    broker: Annotated[str, typer.Option("--broker", help="mqtts://HOST:PORT")] = "",
    batch: Annotated[
        Path | None, file_option("--batch", help="CSV: booth,serial,address,gateway,dns; a folder for each.")
    ] = None,
    request: Annotated[
        bool, typer.Option("--request", help="The booth makes its own key and asks: the default.")
    ] = False,
    authority: AuthorityFolder = None,
    ca: Annotated[Path | None, file_option("--ca", help="Who vouches for broker and booths; PEM.")] = None,
    cert: Annotated[Path | None, file_option("--cert", help="The booth's, signed elsewhere; PEM.")] = None,
    key: Annotated[Path | None, file_option("--key", help="Key of the certificate; PEM.")] = None,
    wifi: Annotated[
        str | None, typer.Option("--wifi", help="SSID; the passphrase is asked for, or read from stdin.")
    ] = None,
    wifi_security: Annotated[str, typer.Option("--wifi-security", help="wpa2 or wpa3.")] = "wpa2",
    ethernet: Annotated[
        str,
        typer.Option("--ethernet", help="dhcp, or ADDRESS/BITS,GATEWAY,DNS as 10.0.0.9/24,10.0.0.1,9.9.9.9"),
    ] = "dhcp",
    config: Annotated[
        Path | None, file_option("--config", help="Settings besides those of the city.")
    ] = None,
    update_root: Annotated[
        Path | None, file_option("--update-root", help="root.json: whom the booth believes about updates.")
    ] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="The city's without.")] = None,
    camera_login: Annotated[
        Path | None, file_option("--camera-login", help="File with USER:PASSWORD of a network camera.")
    ] = None,
    serial: Annotated[str | None, typer.Option("--serial", help="The one device that may use it.")] = None,
    days: Annotated[float, typer.Option("--days", min=0.01, max=90, help="The stick is good so long.")] = 7,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace one that was not used yet.")
    ] = False,
    again: Again = False,
    without_sign: Annotated[
        bool,
        typer.Option("--without-sign", help="Though the booth looks at nobody before its sign can be made."),
    ] = False,
) -> None:
    """Make a stick, for one booth or a table of them."""
    from appliance.verbs.provision import make_sticks
    from appliance.verbs.wishes import Words

    words = Words(
        folder, device, city, booth, broker, batch, request, authority, ca, cert, key, wifi, wifi_security,
        ethernet, config, update_root, timezone, camera_login, serial, days, overwrite, again,
        without_sign,
    )  # fmt: skip
    make_sticks(words)


@sticks.command()
def sign(
    stick: StickFolder,
    authority: AuthorityFolder = None,
    cert: Annotated[
        Path | None, file_option("--cert", help="A certificate for its request, signed elsewhere; PEM.")
    ] = None,
    again: Again = False,
    yes: Annotated[bool, typer.Option("--yes", help="The key was compared; do not ask.")] = False,
) -> None:
    """Answer the request that a booth has written on its stick."""
    from appliance.verbs.provision import sign_request

    sign_request(stick, authority, cert, again=again, yes=yes)


@sticks.command()
def show(stick: StickFolder) -> None:
    """Say what is on a stick, and no secret."""
    from appliance.provision.showing import lines_of
    from appliance.provision.stick import Stick

    for line in lines_of(Stick(stick)):
        print(line)


@app.command("first-boot")
def first_boot(
    device: Annotated[Path | None, file_option("--device", help="The stick, as /dev/sda1.")] = None,
    folder: Annotated[Path | None, file_option("--folder", help="The stick, mounted.")] = None,
    root: Annotated[Path, file_option("--root", help="File system of the booth.")] = Path("/"),
    resume: Annotated[
        bool, typer.Option("--resume", help="No stick: finish what a power cut interrupted.")
    ] = False,
) -> None:
    """Take the identity that a stick brings; the booth does this by itself when one is plugged in."""
    from appliance.verbs.first_boot import read_stick

    raise typer.Exit(read_stick(device, folder, root, resume=resume))
