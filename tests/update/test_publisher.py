"""The publisher's commands, as a city team types them: keys, repository, bundle, rings, renewal, another root."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from typer.testing import CliRunner

from appliance.commands.update import app
from appliance.errors import BoothError
from appliance.update.bundle import write_bundle
from appliance.update.machine import Machine
from appliance.update.publish import renew
from appliance.update.publisher_keys import load_signer, make_key
from appliance.update.refusal import Refused
from appliance.update.repository import Repository
from tests.update.server import Server, serving
from tests.update.world import NEW, Booth, Publisher, make_tree


def say(*words: object) -> str:
    """What a command prints. Raises BoothError as it does."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_city_team_goes_from_nothing_to_an_updated_booth(tmp_path: Path) -> None:
    site, keys, bundle = tmp_path / "site", tmp_path / "keys", tmp_path / "booth.tar.gz"
    assert len(say("keys", keys).splitlines()) == 6
    assert "/etc/booth/update/root.json" in say("init", site, "--keys", keys)
    make_tree(tmp_path / "tree", NEW)
    assert NEW in say("bundle", tmp_path / "tree", bundle)
    assert "ring canary" in say("publish", site, bundle, "--keys", keys)
    with serving(site) as server:
        booth = Booth(tmp_path / "booth", server.url, (site / "metadata/1.root.json").read_bytes())
        assert booth.fetch().phase == "none"
        say("stage", site, NEW, "--keys", keys, "--ring", "all")
        assert booth.update().phase == "kept"
        say("withdraw", site, NEW, "--keys", keys)
        assert "timestamp is renewed" in say("renew", site, "--keys", keys)


def test_the_bundles_of_a_release_are_published_together_or_none(publisher: Publisher) -> None:
    both = [
        publisher.bundle(f"0.{minor}.0", machine=Machine(python, "arm64"))
        for minor, python in ((7, "3.10"), (8, "3.12"))
    ]
    before = publisher.repository.newest(Targets).signed
    for wrong in ([*both, publisher.home / "nothing"], [both[0], both[0]]):
        with pytest.raises(BoothError):
            say("publish", publisher.site, *wrong, "--keys", publisher.keys)
    assert publisher.repository.newest(Targets).signed == before
    assert not list(publisher.site.rglob("*booth-0.7.0*"))
    assert len(say("publish", publisher.site, *both, "--keys", publisher.keys).splitlines()) == 2
    after = publisher.repository.newest(Targets).signed
    assert after.version == before.version + 1
    assert len(set(after.targets) - set(before.targets)) == 2


def test_publishing_makes_no_folder_and_keeps_nothing_signed_by_a_wrong_key(
    publisher: Publisher, tmp_path: Path
) -> None:
    bundle, typo = publisher.bundle("0.7.0"), publisher.home / "siet"
    with pytest.raises(BoothError, match=r"siet/metadata: no targets\.json; name the folder"):
        say("publish", typo, bundle, "--keys", publisher.keys)
    with pytest.raises(BoothError, match=r"no timestamp\.json|no targets\.json"):
        say("renew", typo, "--keys", publisher.keys)
    assert not typo.exists()
    say("keys", tmp_path / "others")
    with pytest.raises(BoothError, match="not the one in root"):
        say("publish", publisher.site, bundle, "--keys", tmp_path / "others")
    assert not list(publisher.site.rglob("*0.7.0*"))


def test_keys_are_private_and_never_replaced(tmp_path: Path) -> None:
    say("keys", tmp_path / "keys")
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").glob("*.pem")} == {0o600}
    with pytest.raises(BoothError, match="not replaced"):
        say("keys", tmp_path / "keys")


def test_a_locked_key_needs_its_passphrase(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    say("keys", tmp_path / "keys", "--passphrase-file", secret)
    say("init", tmp_path / "site", "--keys", tmp_path / "keys", "--passphrase-file", secret)
    with pytest.raises(BoothError, match="passphrase"):
        say("renew", tmp_path / "site", "--keys", tmp_path / "keys")
    secret.write_text("wrong\n")
    with pytest.raises(BoothError, match="another passphrase"):
        say("renew", tmp_path / "site", "--keys", tmp_path / "keys", "--passphrase-file", secret)


def test_the_same_tree_makes_the_same_bundle_whoever_makes_it(tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "other"):
        tree = make_tree(tmp_path / name, NEW)
        (tree / "app/__pycache__").mkdir()
        (tree / "app/__pycache__/x.cpython-310.pyc").write_text(name)
        (tree / "launch.py").touch()
        write_bundle(tree, tmp_path / f"{name}.tar.gz")
        digests.add(hashlib.sha256((tmp_path / f"{name}.tar.gz").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_tree_with_a_link_or_a_version_that_is_none_makes_no_bundle(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree", NEW)
    (tree / "app/link").symlink_to("/etc")
    with pytest.raises(Refused, match="neither file nor folder"):
        write_bundle(tree, tmp_path / "x")
    make_tree(tmp_path / "odd", "0.2~rc1")
    with pytest.raises(Refused, match="no version"):
        write_bundle(tmp_path / "odd", tmp_path / "x")


def test_a_bundle_that_cannot_be_made_names_the_file_and_what_helps(tmp_path: Path) -> None:
    with pytest.raises(
        BoothError, match=r"tree/build\.json: No such file or directory; name one that is there$"
    ):
        say("bundle", tmp_path / "tree", tmp_path / "booth.tar.gz")
    make_tree(tmp_path / "tree", NEW)
    with pytest.raises(BoothError, match=r"^/dev/full: No space left on device; free space there$"):
        say("bundle", tmp_path / "tree", "/dev/full")
    with pytest.raises(BoothError, match=r"none\.tar\.gz: no such file; make one with: make bundle$"):
        say("publish", tmp_path / "site", tmp_path / "none.tar.gz", "--keys", tmp_path)


def test_renewal_keeps_everything_fresh_and_warns_of_what_needs_other_keys(publisher: Publisher) -> None:
    start = datetime.now(timezone.utc)
    for day in range(0, 120, 1):
        list(renew(publisher.site, publisher.keys, None, start + timedelta(days=day)))
        soon = start + timedelta(days=day + 1)
        newest = publisher.repository.newest
        for metadata in (newest(Targets), newest(Snapshot), newest(Timestamp)):
            assert not metadata.signed.is_expired(soon), (metadata.signed.type, day)
    lines = list(renew(publisher.site, publisher.keys, None, start + timedelta(days=340)))
    assert [line for line in lines if line.startswith("root expires in 24 days")]


def test_renewal_needs_no_targets_key_until_half_its_life_is_over(
    publisher: Publisher, tmp_path: Path
) -> None:
    online = tmp_path / "online"
    online.mkdir()
    for name in ("snapshot", "timestamp"):
        (online / f"{name}.pem").write_bytes((publisher.keys / f"{name}.pem").read_bytes())
    assert list(renew(publisher.site, online, None)) == ["timestamp is renewed"]
    late = datetime.now(timezone.utc) + timedelta(days=70)
    assert "targets expires in 19 days" in "\n".join(renew(publisher.site, online, None, late))


def test_a_lost_timestamp_key_is_replaced_by_two_root_keys_in_two_places(
    publisher: Publisher, booth: Booth, tmp_path: Path
) -> None:
    make_key(tmp_path / "fresh", "timestamp")
    words = ("--role", "timestamp", "--remove", publisher.keys / "timestamp.pub")
    lacking = say(
        "rotate", publisher.site, *words, "--add", tmp_path / "fresh/timestamp.pub",
        "--sign", publisher.keys / "root-1.pem",
    )  # fmt: skip
    assert lacking.startswith("1 of the old and 1 of the new root keys have yet to sign")
    assert not (publisher.site / "metadata/2.root.json").exists()
    assert "in force" in say("sign", publisher.site, "--sign", publisher.keys / "root-3.pem")
    for end in ("pem", "pub"):
        (tmp_path / f"fresh/timestamp.{end}").replace(publisher.keys / f"timestamp.{end}")
    say("renew", publisher.site, "--keys", publisher.keys)
    assert booth.update().phase == "kept"


def test_a_lost_targets_key_is_replaced_and_the_releases_signed_anew(
    publisher: Publisher, booth: Booth, tmp_path: Path
) -> None:
    make_key(tmp_path / "fresh", "targets")
    roots = [word for number in (1, 2) for word in ("--sign", publisher.keys / f"root-{number}.pem")]
    words = ("--role", "targets", "--remove", publisher.keys / "targets.pub")
    say("rotate", publisher.site, *words, "--add", tmp_path / "fresh/targets.pub", *roots)
    with pytest.raises(Refused) as refused:
        booth.fetch()
    assert refused.value.name == "not-signed"
    for end in ("pem", "pub"):
        (tmp_path / f"fresh/targets.{end}").replace(publisher.keys / f"targets.{end}")
    assert "targets, snapshot and timestamp" in say("renew", publisher.site, "--keys", publisher.keys)
    assert booth.update().phase == "kept"


def test_a_lost_root_key_is_replaced_by_the_other_two(
    publisher: Publisher, booth: Booth, tmp_path: Path
) -> None:
    make_key(tmp_path / "fresh", "root-4")
    signs = [word for number in (1, 2) for word in ("--sign", publisher.keys / f"root-{number}.pem")]
    words = ("--role", "root", "--remove", publisher.keys / "root-3.pub")
    say("rotate", publisher.site, *words, "--add", tmp_path / "fresh/root-4.pub", *signs)
    assert booth.update().phase == "kept"
    root = publisher.repository.newest(Root).signed
    assert load_signer(tmp_path / "fresh/root-4.pem").public_key.keyid in root.roles["root"].keyids


def test_a_root_that_could_never_be_signed_again_is_refused(publisher: Publisher) -> None:
    with pytest.raises(BoothError, match="2 keys have to sign, 1 would be left"):
        say(
            "rotate", publisher.site, "--role", "root",
            "--remove", publisher.keys / "root-1.pub", "--remove", publisher.keys / "root-2.pub",
        )  # fmt: skip


def test_the_wrong_key_signs_nothing(publisher: Publisher, tmp_path: Path) -> None:
    say("keys", tmp_path / "others")
    with pytest.raises(BoothError, match="not the one in root"):
        say("renew", publisher.site, "--keys", tmp_path / "others")
    assert Metadata.from_file(str(publisher.site / "metadata/timestamp.json")).signed.version == 2


def test_a_repository_is_not_begun_twice(publisher: Publisher) -> None:
    with pytest.raises(BoothError, match="empty folder"):
        say("init", publisher.site, "--keys", publisher.keys)
    with pytest.raises(BoothError, match="booth update init"):
        Repository(publisher.home / "nothing").newest(Root)


def test_the_server_shows_no_key(publisher: Publisher, server: Server) -> None:
    shown = [file.read_bytes() for file in server.folder.rglob("*") if file.is_file()]
    assert not [content for content in shown if b"PRIVATE KEY" in content]
