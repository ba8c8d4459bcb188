"""The commands of those who publish newer programs: keys, repository, bundles, rings, renewal, rotation."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import file_argument, file_option

app = typer.Typer()

Repo = Annotated[Path, file_argument(help="Folder of the repository, which a web server shows.")]
Keys = Annotated[Path, file_option("--keys", help="Folder with targets.pem, snapshot.pem, timestamp.pem.")]
Locked = Annotated[
    Path | None, file_option("--passphrase-file", help="Its first line locks and unlocks private keys.")
]
Sign = Annotated[list[Path] | None, file_option("--sign", help="Private root key; as often as needed.")]


class Ring(str, Enum):
    """Who gets a release."""

    CANARY = "canary"
    CITY = "city"
    ALL = "all"


@app.command()
def keys(
    folder: Annotated[Path, file_argument(help="Where the keys go.")],
    roots: Annotated[int, typer.Option("--roots", min=1, max=9, help="Root keys, one a person.")] = 3,
    passphrase_file: Locked = None,
) -> None:
    """Make the publisher's keys; carry the root keys away from here."""
    from appliance.update.publish import passphrase
    from appliance.update.publisher_keys import make_keys

    for file in make_keys(folder, roots, passphrase(passphrase_file)):
        print(file)


@app.command()
def init(
    repository: Repo,
    keys_folder: Keys,
    threshold: Annotated[int, typer.Option("--threshold", min=1, help="Root keys that have to sign.")] = 2,
    passphrase_file: Locked = None,
) -> None:
    """Make an empty repository, and the root.json that booths are provisioned with."""
    from appliance.update.publish import begin

    print(begin(repository, keys_folder, threshold, passphrase_file))


@app.command()
def bundle(
    tree: Annotated[Path, file_argument(help="A release tree: app, site-packages, models, build.json.")],
    target: Annotated[Path, file_argument(help="File to write, as booth.tar.gz.")],
) -> None:
    """Make one file of a release tree, byte for byte the same each time."""
    from appliance.update.publish import make_bundle

    print(make_bundle(tree, target))


@app.command()
def publish(
    repository: Repo,
    bundle_files: Annotated[list[Path], file_argument(help="Made by `make bundle`; all or none.")],
    keys_folder: Keys,
    ring: Annotated[Ring, typer.Option("--ring", help="Who gets it.")] = Ring.CANARY,
    min_version: Annotated[
        str | None, typer.Option("--min-version", help="Older booths need a step between.")
    ] = None,
    passphrase_file: Locked = None,
) -> None:
    """Sign the bundles of a release and offer them to a ring."""
    from appliance.update.publish import publish as publish_bundles

    for line in publish_bundles(
        repository, bundle_files, keys_folder, ring.value, min_version, passphrase_file
    ):
        print(line)


@app.command()
def stage(
    repository: Repo,
    version: Annotated[str, typer.Argument(help="One that is published.")],
    keys_folder: Keys,
    ring: Annotated[Ring, typer.Option("--ring", help="Who gets it from now on.")],
    passphrase_file: Locked = None,
) -> None:
    """Offer a published version to another ring."""
    from appliance.update.publish import change_ring

    change_ring(repository, version, ring.value, keys_folder, passphrase_file)


@app.command()
def withdraw(
    repository: Repo,
    version: Annotated[str, typer.Argument(help="One that is published.")],
    keys_folder: Keys,
    passphrase_file: Locked = None,
) -> None:
    """Offer a version to nobody any more; booths that run it go on, until a newer one comes."""
    from appliance.update.publish import change_ring

    change_ring(repository, version, None, keys_folder, passphrase_file)


@app.command()
def renew(repository: Repo, keys_folder: Keys, passphrase_file: Locked = None) -> None:
    """Sign afresh what would expire; a timer of the publisher runs it each day."""
    from appliance.update.publish import renew as renew_metadata

    for line in renew_metadata(repository, keys_folder, passphrase_file):
        print(line)


@app.command()
def rotate(
    repository: Repo,
    role: Annotated[
        str | None, typer.Option("--role", help="root, targets, snapshot or timestamp; none: a longer life.")
    ] = None,
    remove: Annotated[list[Path] | None, file_option("--remove", help="NAME.pub that goes.")] = None,
    add: Annotated[list[Path] | None, file_option("--add", help="NAME.pub that comes.")] = None,
    sign: Sign = None,
    passphrase_file: Locked = None,
) -> None:
    """Draft the next root, with other keys or a longer life, and sign it with the keys at hand."""
    from appliance.update.publish import rotate as rotate_root

    print(rotate_root(repository, role, remove or [], add or [], sign or [], passphrase_file))


@app.command("sign")
def sign_root(repository: Repo, sign: Sign = None, passphrase_file: Locked = None) -> None:
    """Add signatures to a drafted root; the one that completes it puts it in force."""
    from appliance.update.publish import sign as sign_drafted

    print(sign_drafted(repository, sign or [], passphrase_file))
