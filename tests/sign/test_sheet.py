"""The sign in the street: one page, each field in each language, nothing beside its place, a code that can be read."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.config.duties import Sign
from appliance.errors import BoothError
from appliance.sign.content import Content, content_of
from appliance.sign.paper import SIZES_MM, Box, Paper, Type
from appliance.sign.sheet import LEAST_POINTS, draw_sheet, runs_of
from tests.command import booth
from tests.law.booths import CITIES, SIGN, booth_file, booth_of

LATIN = st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=("Cc", "Cf", "Zs", "Zl"))
NAMES = st.lists(st.text(LATIN, min_size=1, max_size=120), min_size=1, max_size=20).map(" ".join)
SHORT = NAMES.map(lambda name: name[:120].strip()).filter(bool)
LONG = NAMES.map(lambda name: name[:240].strip()).filter(bool)


def require(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed: apt-get install poppler-utils")
    return path


def squeezed(text: str) -> str:
    """Without blanks, which a line break may have replaced."""
    return "".join(text.split())


def fields_of(content: Content) -> Iterator[str]:
    """Everything that has to be read on the sign."""
    yield content.url
    for told in content.told:
        yield from (
            told.headline,
            *told.promises,
            told.how,
            told.adults,
            told.question,
            told.refusal,
            told.more,
        )
        for fact in told.facts:
            yield from (fact.label, fact.text)


def assert_it_is_tidy(paper: Paper) -> None:
    """Every line of text on the page, with a margin, and none over another."""
    for box in paper.lines:
        assert 0.05 * paper.width <= box.left < box.right <= 0.95 * paper.width, box
        assert 0.05 * paper.width <= box.top < box.bottom <= paper.height - 0.02 * paper.width, box
    for one, other in itertools.combinations(paper.lines, 2):
        assert not overlap(one, other), f"{one} lies on {other}"


def overlap(one: Box, other: Box) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not beside and one.top + 0.01 < other.bottom and other.top + 0.01 < one.bottom


@pytest.mark.parametrize("size", SIZES_MM)
@pytest.mark.parametrize("city", CITIES)
def test_every_field_is_on_one_page_in_every_language(tmp_path: Path, city: str, size: str) -> None:
    content = content_of(booth_of(tmp_path, city))
    paper = draw_sheet(content, size)
    assert paper.bytes().count(b"/Type /Page\n") == 1
    assert_it_is_tidy(paper)
    said = squeezed("".join(line.text for line in paper.lines))
    assert len(content.told) == 2
    for field in fields_of(content):
        assert squeezed(field) in said


@pytest.mark.parametrize("city", CITIES)
def test_a_reader_of_pdf_finds_every_field(tmp_path: Path, city: str) -> None:
    program = require("pdftotext")
    content = content_of(booth_of(tmp_path, city))
    (tmp_path / "sign.pdf").write_bytes(draw_sheet(content, "A3").bytes())
    out = subprocess.run([program, "-raw", tmp_path / "sign.pdf", "-"], capture_output=True, check=True)
    pages = out.stdout.decode("utf-8").rstrip("\f").split("\f")
    assert len(pages) == 1
    for field in fields_of(content):
        assert squeezed(field) in squeezed(pages[0])


@pytest.mark.parametrize("size", SIZES_MM)
@pytest.mark.parametrize("url", [SIGN["url"], "https://a.se/" + "x" * 87])
def test_a_telephone_reads_the_code(tmp_path: Path, size: str, url: str) -> None:
    program = require("pdftoppm")
    content = content_of(booth_of(tmp_path, "stockholm", sign={**SIGN, "url": url}))
    (tmp_path / "sign.pdf").write_bytes(draw_sheet(content, size).bytes())
    words: list[str | Path] = [
        program,
        "-r",
        "150",
        "-png",
        "-singlefile",
        tmp_path / "sign.pdf",
        tmp_path / "sign",
    ]
    subprocess.run(words, check=True)
    picture = cv2.imread(str(tmp_path / "sign.png"))
    assert picture is not None
    foot = picture[int(0.8 * picture.shape[0]) :, : picture.shape[1] // 4]
    assert cv2.QRCodeDetector().detectAndDecode(foot)[0] == url


def test_the_headline_is_read_from_across_the_street(tmp_path: Path) -> None:
    paper = draw_sheet(content_of(booth_of(tmp_path, "madrid")), "A3")
    largest = max(line.bottom - line.top for line in paper.lines)
    # Capitals of 12 mm at least: a tenth of an inch per metre, and so 5 m of pavement with room to spare.
    assert largest / 1.06 * 0.72 > 12


def test_the_same_settings_give_the_same_bytes(tmp_path: Path) -> None:
    content = content_of(booth_of(tmp_path, "toronto"))
    first, again = (draw_sheet(content, "A3").bytes() for _ in range(2))
    assert first == again
    other = content_of(booth_of(tmp_path, "toronto", sign={**SIGN, "contact": "+1 416 555 0100"}))
    assert draw_sheet(other, "A3").bytes() != first


def test_the_paper_holds_no_picture_and_no_font(tmp_path: Path) -> None:
    content = draw_sheet(content_of(booth_of(tmp_path, "madrid")), "A3").bytes()
    assert b"/Subtype /Image" not in content
    assert b"/FontFile" not in content


@pytest.mark.parametrize("languages", [["es"], ["es", "en", "fr"], ["es", "en", "fr", "sv"]])
def test_one_to_four_languages_have_room_on_the_largest_sheet(tmp_path: Path, languages: list[str]) -> None:
    place = {"languages": languages}
    content = content_of(booth_of(tmp_path, "madrid", place=place))
    paper = draw_sheet(content, "A2")
    assert [told.language for told in content.told] == languages
    assert_it_is_tidy(paper)


@pytest.fixture(scope="module")
def madrid(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return booth_of(tmp_path_factory.mktemp("madrid"), "madrid")


@given(SHORT, LONG, SHORT, LONG, st.sampled_from(sorted(SIZES_MM)))
def test_names_of_any_length_stay_in_their_place_or_are_refused(
    madrid: Settings, controller: str, address: str, officer: str, authority: str, size: str
) -> None:
    sign = Sign.model_validate(
        {
            **madrid.sign.model_dump(),
            "controller": controller,
            "address": address,
            "officer": officer,
            "authority": authority,
        }
    )
    content = content_of(madrid.model_copy(update={"sign": sign}))
    try:
        paper = draw_sheet(content, size)
    except BoothError:
        return
    assert_it_is_tidy(paper)
    said = squeezed("".join(line.text for line in paper.lines))
    assert all(squeezed(name) in said for name in (controller, address, officer, authority))


def test_words_that_find_no_room_are_refused_with_the_cure(madrid: Settings) -> None:
    long = ("word " * 48).strip()
    names = dict.fromkeys(("address", "officer", "representative", "authority"), long)
    place = madrid.place.model_copy(update={"languages": ("es", "en", "fr", "sv")})
    sign = madrid.sign.model_copy(update=names)
    content = content_of(madrid.model_copy(update={"sign": sign, "place": place}))
    with pytest.raises(BoothError, match=r"does not fit on A4 .* take a larger --size"):
        draw_sheet(content, "A4")


@pytest.mark.parametrize("size", SIZES_MM)
def test_the_longest_usual_names_fit_on_every_sheet(madrid: Settings, size: str) -> None:
    name = (
        "Internationale Schuhhandelsgesellschaft für die Iberische Halbinsel, Sociedad Limitada Unipersonal"
    )
    sign = madrid.sign.model_copy(update={"controller": name, "representative": f"{name}, 28014 Madrid"})
    paper = draw_sheet(content_of(madrid.model_copy(update={"sign": sign})), size)
    assert min((line.bottom - line.top) for line in paper.lines) > LEAST_POINTS[size] * 25.4 / 72


def test_a_word_wider_than_its_column_is_broken() -> None:
    paper, kind = Paper("A4", "x", "en"), Type(12, (0, 0, 0))
    lines = paper.wrap(f"see {'w' * 100} there", kind, 50)
    assert "".join(lines) == f"see{'w' * 100} there"
    assert all(paper.pdf.get_string_width(line) <= 50 for line in lines)


def test_the_lines_of_a_headline_are_of_like_length() -> None:
    paper, kind = Paper("A4", "x", "en"), Type(40, (0, 0, 0))
    text = "one two three four five six seven eight nine ten a"
    width = paper.balanced(text, kind, 150)
    lines, balanced = paper.wrap(text, kind, 150), paper.wrap(text, kind, width)
    assert len(balanced) == len(lines)
    shortest = min(paper.pdf.get_string_width(line) for line in balanced)
    assert shortest > 2 * min(paper.pdf.get_string_width(line) for line in lines)


@given(st.lists(st.integers(0, 1), max_size=40))
def test_the_runs_of_a_row_are_its_dark_modules(row: list[int]) -> None:
    drawn = [0] * len(row)
    for start, length in runs_of(row):
        drawn[start : start + length] = [1] * length
    assert drawn == row


def test_the_command_makes_both_files_and_says_where(tmp_path: Path) -> None:
    file, out = booth_file(tmp_path, "madrid"), tmp_path / "out"
    words = ("sign", "--city", "madrid", "--config", file, "--out", out)
    done = booth(*words, "--size", "A4", "--url", "https://elsewhere.example/s")
    assert done.out.split() == [str(out / "sign-madrid-A4.pdf"), str(out / "sign-madrid.html")]
    assert (out / "sign-madrid-A4.pdf").read_bytes().startswith(b"%PDF-")
    assert "https://elsewhere.example/s" in (out / "sign-madrid.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--city", "atlantis"), "'atlantis': no city of deploy/cities; name one of madrid, "),
        (
            ("--city", "../..", "--config", "{file}"),
            "--city '../..': no city of deploy/cities; name one of madrid, ",
        ),
        (("--city", "madrid", "--config", "{file}"), "a booth of stockholm; ask for the sign of that city"),
        (
            ("--city", "stockholm", "--config", "{file}", "--url", "http://x.se"),
            "--url http://x.se: no web address",
        ),
        (("--city", "madrid"), "sign.controller: not set"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_cure(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    file = booth_file(tmp_path, "stockholm")
    done = booth("sign", *(word.format(file=file) for word in words), "--out", tmp_path)
    assert done.code == 1
    assert told in done.err
    assert not list(tmp_path.glob("sign-*"))
