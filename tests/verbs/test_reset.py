"""Factory reset: nothing individual is left, what was cut off is finished, and nothing else is touched."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appliance.__main__ import app
from appliance.errors import BoothError
from appliance.verbs import reset as room
from appliance.verbs.reset import Belongings, reset

OWN = (
    "etc/booth/booth.yaml",
    "etc/booth/identity.json",
    "etc/booth/.commit",
    "etc/booth/keys/booth.key",
    "etc/booth/keys/ca.crt",
    "etc/booth/pending/ticket/booth.key",
    "etc/booth/update/root.json",
    "etc/NetworkManager/system-connections/booth.nmconnection",
    "etc/systemd/network/10-booth.network",
    "etc/systemd/system/booth-vision.service.d/50-machine.conf",
    "run/booth/vision.json",
    "var/cache/booth/plans/body.plan",
    "var/lib/booth/logbook.jsonl",
    "var/lib/booth/notice-update.json",
    "var/lib/booth/outbox.sqlite",
    "var/lib/booth/display/pause.json",
    "var/lib/booth/uplink/remote.json",
    "var/lib/booth/display/site.json",
    "var/lib/booth/vision/street.bank",
)
NOT_OURS = (
    "etc/booth/tickets/used",
    "etc/NetworkManager/system-connections/office.nmconnection",
    "etc/systemd/system/booth-vision.service.d/10-data.conf",
    "etc/systemd/system/sshd.service.d/own.conf",
    "usr/lib/booth/launch.py",
    "var/lib/booth-update/state.json",
    "var/lib/booth-update/versions/0.2.0/launch.py",
    "var/lib/other/file",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*OWN, *NOT_OURS):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def forget(root: Path, **more: Path) -> list[str]:
    stopped: list[str] = []

    def stop(units: Sequence[str]) -> None:
        assert (root / "var/lib/booth-reset").exists(), "the mark comes before anything happens"
        stopped.extend(units)

    reset(Belongings(root), stop, say=lambda line: None, **more)
    return stopped


def test_nothing_of_the_booth_is_left_and_nothing_else_is_touched(root: Path) -> None:
    stopped = forget(root)
    assert files(root) == set(NOT_OURS)
    assert {"booth.target", "booth-vision.service", "booth-uplink.service", "booth-display.service"} <= {
        *stopped
    }
    assert "booth-update.timer" not in stopped, (
        "a new stick starts no timer, so updates would wait for a restart"
    )
    # They belong to users of their own, whom only the package knows.
    for folder in ("etc/booth", "var/lib/booth", "var/cache/booth", "run/booth"):
        assert (root / folder).is_dir(), folder


def test_a_booth_that_never_was_one_is_reset_too(tmp_path: Path) -> None:
    (tmp_path / "var/lib").mkdir(parents=True)
    forget(tmp_path)
    assert not files(tmp_path)


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_power_cut_anywhere_leaves_the_mark_and_the_next_run_ends_it(
    root: Path, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = cut

    def removing(path: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    with monkeypatch.context() as patched:
        patched.setattr(room, "remove", removing)
        with pytest.raises(KeyboardInterrupt):
            forget(root)
    assert (root / "var/lib/booth-reset").exists()
    forget(root)
    assert files(root) == set(NOT_OURS)


def test_a_link_is_removed_and_what_it_leads_to_is_not(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "precious").write_text("stays")
    (root / "var/lib/booth/link").symlink_to(outside)
    shutil.rmtree(root / "var/cache/booth")
    (root / "var/cache/booth").symlink_to(outside)
    forget(root)
    assert (outside / "precious").exists()
    assert not (root / "var/lib/booth/link").is_symlink()


def test_what_cannot_be_removed_is_named_and_the_mark_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(room, "remove", refuse)
    with pytest.raises(BoothError, match=r"Permission denied; be root.*run: booth factory-reset"):
        forget(root)
    assert (root / "var/lib/booth-reset").exists()


def test_the_logbook_is_saved_before_it_is_gone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("stick") / "logbooks"
    (root / "var/lib/booth/logbook.1.jsonl").write_text("older")
    forget(root, logbook=folder)
    assert {path.name for path in folder.iterdir()} == {"logbook.jsonl", "logbook.1.jsonl"}
    assert (folder / "logbook.1.jsonl").read_text() == "older"


def test_a_link_among_the_logbooks_is_not_copied(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (root / "var/lib/booth/logbook.9.jsonl").symlink_to(root / "etc/booth/keys/booth.key")
    with pytest.raises(BoothError, match=r"logbook\.9\.jsonl: .*go without the logbook"):
        forget(root, logbook=tmp_path_factory.mktemp("stick"))
    assert files(root) >= set(OWN)


def test_without_a_place_for_the_logbook_nothing_is_forgotten(root: Path) -> None:
    (root / "blocked").write_text("a file")
    with pytest.raises(BoothError, match="name another folder"):
        forget(root, logbook=root / "blocked")
    assert {*OWN} <= files(root)
    assert not (root / "var/lib/booth-reset").exists()


def test_what_is_only_starting_is_stopped_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vision that builds engines, and a oneshot all its life, would write into the emptied folders."""
    states = {"booth.target": "inactive", "booth-vision.service": "activating",
              "booth-uplink.service": "active", "booth-display.service": "failed",
              "booth-update-switch.service": "activating"}  # fmt: skip
    cases = " ".join(f"{unit}) echo {state};;" for unit, state in states.items())
    log, fake = tmp_path / "log", tmp_path / "systemctl"
    fake.write_text(
        f'#!/bin/sh\nif [ "$1" = stop ]; then echo "$*" >>{log}; exit 0; fi\n'
        f"for unit; do :; done\ncase $unit in {cases} *) echo inactive;; esac\nexit 3\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(room, "SYSTEMD", tmp_path)
    room.stop_units(room.STOPPED)
    assert log.read_text() == "stop booth-vision.service booth-uplink.service booth-update-switch.service\n"


def test_nobody_resets_a_booth_by_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*words: object) -> None:
        raise AssertionError("the booth was reset without a yes")

    monkeypatch.setattr(room, "reset", never)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    done = CliRunner().invoke(app, ["factory-reset"], input="n\n")
    assert done.exit_code == 1
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    done = CliRunner().invoke(app, ["factory-reset", "--yes"])
    assert "sudo booth factory-reset" in str(done.exception)
