"""Each attack is refused by its name, what runs goes on running, and the booth updates when the attack is over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.health.notices import QUIET, told
from appliance.update.refusal import QUIET as QUIET_NAMES
from appliance.update.refusal import Refused
from tests.update.attacks import ATTACKS, Attack, Scene
from tests.update.server import Server
from tests.update.world import NIGHT, OLD, Booth, Publisher


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.title for attack in ATTACKS])
def test_an_attack_is_refused_by_its_name(
    attack: Attack,
    tmp_path: Path,
    publisher: Publisher,
    server: Server,
    booth: Booth,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(tmp_path, publisher, server, booth, monkeypatch)
    shutil.copytree(publisher.site, tmp_path / "before")
    good = (booth.url, booth.clock)
    attack.prepare(scene)
    with pytest.raises(Refused) as refused:
        run(booth)
    assert refused.value.name == attack.refused
    assert "; " in str(refused.value), "says no cure"
    assert booth.runs == OLD
    assert not booth.places.current.is_symlink()
    assert booth.systemd.restarts == 0
    assert not list(booth.places.versions.glob("*.partial")), "a draft was left"
    assert not (booth.home / "etc").exists()
    assert_said(booth, refused.value)
    if attack.mends:
        monkeypatch.undo()
        booth.url, booth.clock = good
        assert_updates_when_it_is_over(scene)


def assert_said(booth: Booth, refused: Refused) -> None:
    """The booth's own line says it, unless it is nobody's fault."""
    said = told(booth.orders.folders.state, "update")
    assert refused.name in said if refused.name not in QUIET_NAMES else said == QUIET["update"]


def assert_updates_when_it_is_over(scene: Scene) -> None:
    """The publisher goes on with a newer version, under numbers that nobody has used yet."""
    publisher, booth = scene.publisher, scene.booth
    shutil.rmtree(publisher.site)
    shutil.copytree(scene.folder / "before", publisher.site)
    scene.show(publisher.site)
    scene.misbehave("good")
    booth.places.anchor.write_bytes(publisher.root)
    for _ in range(4):
        publisher.publish("0.2.1")
    booth.update()
    assert booth.runs == "0.2.1"


def run(booth: Booth) -> None:
    """What the timer starts: the courier, and in any case the switcher, whose word is the booth's."""
    refused = None
    try:
        if booth.url is not None:
            booth.fetch()
    except Refused as error:
        refused = error
    booth.url = booth.url or "http://127.0.0.1:9"
    booth.switch(NIGHT)
    if refused:
        raise refused
