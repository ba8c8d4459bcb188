"""Sticks as devices: only FAT, only read until it has been read whole, and never a disk that is no stick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.provision import device
from appliance.provision import format as formatting
from appliance.provision.device import mounted
from appliance.provision.first_boot import FirstBoot
from appliance.provision.format import check_stick, formatted
from appliance.provision.machine import RunningMachine
from appliance.provision.stick import Stick
from tests.provision.builders import NOW, Booth, City, Recorder


class Mounting(Recorder):
    """Mounts by copying: what `mount` is told to mount is `stick`."""

    def __init__(self, stick: Stick, refuses: str = "") -> None:
        super().__init__()
        self._stick = stick
        self._refuses = refuses

    def run(self, words: Sequence[str]) -> bool:
        super().run(words)
        if self._refuses and self._refuses in words:
            return False
        if words[0] == "mount" and "remount" not in words[-2]:
            for path in self._stick.folder.iterdir():
                (Path(words[-1]) / path.name).write_bytes(path.read_bytes())
        if words[0] == "umount":
            for path in Path(words[1]).iterdir():
                path.unlink()
        return True


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A partition, as far as anybody can see."""
    for module in (device, formatting):
        monkeypatch.setattr(module, "block_device", lambda path: path)
    return Path("/dev/sdz1")


def test_it_is_mounted_as_fat_and_for_reading_only(disk: Path, city: City) -> None:
    machine = Mounting(city.keyed_stick())
    with mounted(disk, machine) as (folder, unlock):
        (words,) = machine.commands
        assert words[:3] == ("mount", "-t", "vfat")
        assert set(words[4].split(",")) >= {"ro", "nosuid", "nodev", "noexec"}
        unlock()
        assert "remount,rw" in machine.commands[-1][2]
        assert "noexec" in machine.commands[-1][2]
    assert machine.commands[-1] == ("umount", str(folder))


def test_nothing_is_written_before_all_is_read(disk: Path, booth: Booth, city: City) -> None:
    machine = Mounting(city.keyed_stick())
    events: list[str] = []
    with mounted(disk, machine) as (folder, unlock):

        def opened() -> None:
            events.append("unlocked")
            assert sorted(path.name for path in folder.iterdir()) == ["booth.json", "booth.key", "booth.sig"]
            assert not booth.places.commit.exists()
            unlock()

        outcome = FirstBoot(booth.places, Stick(folder), booth.machine, NOW).run(opened)
    assert outcome.kind == "applied"
    assert events == ["unlocked"]


def test_another_file_system_is_refused(disk: Path, city: City) -> None:
    with (
        pytest.raises(BoothError, match=r"no FAT stick; format it with mkfs\.vfat -n BOOTH"),
        mounted(disk, Mounting(city.stick(), refuses="vfat")),
    ):
        pass


@pytest.mark.parametrize("name", ["/dev/null", "/etc/passwd", "/dev/none", "/tmp"])
def test_what_is_no_disk_is_not_mounted(name: str) -> None:
    machine = Recorder()
    with pytest.raises(BoothError, match="no disk; name the stick's partition"), mounted(Path(name), machine):
        pass
    assert machine.commands == []


def sysfs(folder: Path, *, partition: bool = True, removable: str | None = "1") -> Path:
    disk = folder / "devices/sdz"
    (disk / "sdz1").mkdir(parents=True)
    if partition:
        (disk / "sdz1/partition").write_text("1\n")
    if removable is not None:
        (disk / "removable").write_text(f"{removable}\n")
    (folder / "class").mkdir()
    (folder / "class/sdz1").symlink_to(disk / "sdz1")
    return folder / "class"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda folder: sysfs(folder, partition=False), "no partition"),
        (lambda folder: sysfs(folder, removable="0"), "not on a removable disk"),
        (lambda folder: sysfs(folder, removable=None), "not on a removable disk"),
    ],
)
def test_a_disk_that_is_no_stick_is_not_formatted(
    disk: Path, tmp_path: Path, make: Callable[[Path], Path], why: str
) -> None:
    machine = Recorder()
    with pytest.raises(BoothError, match=why), formatted(disk, machine, make(tmp_path)):
        pass
    assert machine.commands == []


def test_a_stick_that_is_in_use_is_not_formatted(disk: Path, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/sdz1 /media/stick vfat rw 0 0\n")
    with pytest.raises(BoothError, match="mounted; umount it first"):
        check_stick(disk, sysfs(tmp_path), mounts)


def test_a_stick_is_formatted_with_its_label(disk: Path, tmp_path: Path) -> None:
    machine = Recorder()
    with formatted(disk, machine, sysfs(tmp_path)) as folder:
        assert folder.is_dir()
    assert [words[0] for words in machine.commands] == ["mkfs.vfat", "mount", "umount"]
    assert machine.commands[0] == ("mkfs.vfat", "-n", "BOOTH", "/dev/sdz1")


def test_a_command_that_is_not_there_or_fails_says_no() -> None:
    machine = RunningMachine()
    assert machine.run(("true",))
    assert not machine.run(("false",))
    assert not machine.run(("no-such-command-here",))


def test_a_stick_that_cannot_be_let_go_keeps_its_files(disk: Path, city: City) -> None:
    with mounted(disk, Mounting(city.keyed_stick(), refuses="umount")) as (folder, _):
        before = sorted(folder.iterdir())
    assert before
    assert sorted(folder.iterdir()) == before


def test_a_new_stick_that_cannot_be_let_go_keeps_its_files_and_says_so(
    disk: Path, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatting, "check_stick", lambda *_: None)
    with (
        pytest.raises(BoothError, match="wait until its light is still"),
        formatted(disk, Mounting(city.stick(), refuses="umount")) as folder,
    ):
        (folder / "booth.json").write_bytes(b"{}")
    assert (folder / "booth.json").exists()


def test_a_stick_that_is_busy_is_let_go_before_its_folder_is_removed(disk: Path, city: City) -> None:
    machine = Mounting(city.keyed_stick(), refuses="umount")
    with mounted(disk, machine) as (folder, _):
        pass
    assert machine.commands[-1] == ("umount", "-l", str(folder))
