"""Versions sort as pip sorts them; journals hold what was written and refuse what nobody wrote."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.update.places import Places
from appliance.update.state import Before, State, StateError, read_state, write_state
from appliance.update.version import debian_version, is_newer, is_version, version_key

number = st.integers(0, 300)
post = st.one_of(st.just(""), number.map(lambda n: f".post{n}"))
dev = st.one_of(st.just(""), number.map(lambda n: f".dev{n}"))
stage = st.one_of(
    st.just(""), st.tuples(st.sampled_from(["a", "b", "rc"]), number).map(lambda s: f"{s[0]}{s[1]}")
)
release = st.lists(number, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
versions = st.tuples(release, stage, post, dev).map("".join)


@given(versions, versions)
def test_versions_compare_as_pip_compares_them(one: str, other: str) -> None:
    packaging = pytest.importorskip("packaging.version", reason="packaging is not installed")
    ours = (version_key(one) > version_key(other)) - (version_key(one) < version_key(other))
    theirs = (packaging.Version(one) > packaging.Version(other)) - (
        packaging.Version(one) < packaging.Version(other)
    )
    assert ours == theirs
    assert is_newer(one, other) == (theirs > 0)


def dpkg_order(one: str, other: str) -> int:
    """As dpkg sorts two versions."""
    for operator, order in (("lt", -1), ("eq", 0)):
        if subprocess.run(["dpkg", "--compare-versions", one, operator, other], check=False).returncode == 0:
            return order
    return 1


small = st.integers(0, 2)
like_words = st.tuples(
    st.lists(small, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts))),
    st.sampled_from(["", "a0", "a1", "b1", "rc1", "rc10"]),
    st.sampled_from(["", ".post0", ".post1", ".post10"]),
    st.sampled_from(["", ".dev0", ".dev2"]),
).map("".join)
"Few numbers, so that two of them often differ in their ends alone."


@pytest.mark.skipif(not shutil.which("dpkg"), reason="dpkg compares the versions: no Debian")
@settings(max_examples=400, deadline=None)
@given(st.one_of(versions, like_words), st.one_of(versions, like_words))
@example("1.2.3", "1.2.3rc1")
@example("1.2.post1", "1.2.1")
@example("1.2.3.post1", "1.2.3")
@example("1.2.3.dev1", "1.2.3a0.dev0")
@example("1.2", "1.2.0")
def test_dpkg_sorts_packages_as_pip_sorts_their_versions(one: str, other: str) -> None:
    packaging = pytest.importorskip("packaging.version", reason="packaging is not installed")
    theirs = (packaging.Version(one) > packaging.Version(other)) - (
        packaging.Version(one) < packaging.Version(other)
    )
    written = [f"{debian_version(text)}" for text in (one, other)]
    assert dpkg_order(*written) == theirs
    assert dpkg_order(*(f"1:{text}+py310" for text in written)) == theirs, (
        "with what ends a package's version"
    )


@pytest.mark.parametrize("text", ["", "v1", "1.2~rc1", "1.0+local"])
def test_what_is_no_version_has_no_name_for_dpkg(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        debian_version(text)


@given(st.text(max_size=40))
def test_whatever_is_a_version_is_safe_as_the_name_of_a_folder(text: str) -> None:
    if is_version(text):
        assert set(text) <= set("0123456789abcdeoprstv.")
        assert not text.startswith(".")
    else:
        with pytest.raises(ValueError, match="no version"):
            version_key(text)


@given(
    st.builds(
        State,
        schema=st.just("update/1"),
        phase=st.sampled_from(["idle", "unpacked", "trying", "rolling-back", "kept", "rolled-back"]),
        version=versions,
        previous=st.one_of(st.just(""), versions),
        attempts=st.integers(0, 1000),
        reason=st.text(max_size=200),
        before=st.builds(Before, active=st.just(("vision", "uplink")), frames=st.booleans()),
        failed=st.lists(versions, max_size=8).map(tuple),
    )
)
def test_a_journal_says_what_was_written(tmp_path_factory: pytest.TempPathFactory, state: State) -> None:
    places = Places(tmp_path_factory.mktemp("booth"))
    write_state(places, state)
    assert read_state(places) == state


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
@example(b"{}")
@example(b'{"schema": "update/1"}')
def test_a_journal_of_junk_is_refused_and_never_half_believed(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    places = Places(tmp_path_factory.mktemp("booth"))
    places.state.write_bytes(junk)
    with pytest.raises(StateError, match="the packaged program runs"):
        read_state(places)


@pytest.mark.parametrize("version", ["../0.1", "0.1/..", "", "1.0+local", "v1", "1..2", "1.0 ", "٣.1"])
def test_what_is_no_plain_version_is_none(version: str) -> None:
    assert not is_version(version)
