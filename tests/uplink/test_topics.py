"""Topics: there and back, and no name reaches into a foreign one."""

from __future__ import annotations

import pytest

from appliance.uplink.topics import Topic, split_topic, topic


@pytest.mark.parametrize(
    "kind", ["exception", "status", "health", "command", "command/reply", "config/desired"]
)
def test_there_and_back(kind: str) -> None:
    assert split_topic(topic("new-york", "desk", kind)) == Topic("new-york", "desk", kind)


@pytest.mark.parametrize(
    ("city", "booth", "kind"),
    [("a/b", "c", "status"), ("+", "c", "status"), ("a", "#", "status"), ("a", "b", "x")],
)
def test_names_outside_the_contract_make_no_topic(city: str, booth: str, kind: str) -> None:
    with pytest.raises(ValueError, match="topic"):
        topic(city, booth, kind)


@pytest.mark.parametrize(
    "text",
    ["", "booth/v1", "booth/v1/a/b", "booth/v2/a/b/status", "booth/v1/A/b/status", "booth/v1/a/b/status/x"],
)
def test_foreign_topics_are_none(text: str) -> None:
    assert split_topic(text) is None
