"""How to turn the camera: the last views in, words of the page's table with their figures out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from appliance.display.field.words import Word, said
from appliance.display.view import Box, View

EDGE = 0.01
"Share of the picture from an edge within which a box counts as cut off."
MANY_CUT = 0.4
"Share of the people seen above which a cut is the camera's fault: whoever walks by enters and leaves at the sides."
CUT_AT_THE_SIDES = 0.6
LEAST_BOXES = 5
"Fewer say nothing: one passer-by close to the lens is no reason to tilt it."
LEAST_RATE = 5.0
MOST_BLACK = 0.5
MOST_BURNT = 0.15


def advice_from(views: Sequence[View], least_px: int) -> list[Word]:
    """What to change, most important first; 'good' alone when nothing is, [] without views.

    `least_px`: height below which vision looks at nobody.
    """
    if not views:
        return []
    last = views[-1]
    if last.moving:
        return [said("moving")]
    boxes = [box for view in views for box in view.people]
    found = [*light_words(last), *people_words(boxes, last.height, least_px)]
    if last.frames_per_second < LEAST_RATE:
        found.append(said("slow", rate=round(last.frames_per_second, 1)))
    return found or [said("good")]


def light_words(view: View) -> list[Word]:
    """Too dark or too bright."""
    found: list[Word] = []
    if view.dark > MOST_BLACK:
        found.append(said("too-dark", share=round(100 * view.dark)))
    if view.bright > MOST_BURNT:
        found.append(said("too-bright", share=round(100 * view.bright)))
    return found


def people_words(boxes: Sequence[Box], picture_px: int, least_px: int) -> list[Word]:
    """Cut off, too small, or nobody there to tell."""
    if len(boxes) < LEAST_BOXES:
        return [said("nobody")]
    found: list[Word] = []
    if share_of([top + height >= 1 - EDGE for _, top, _, height in boxes]) > MANY_CUT:
        found.append(said("tilt-down"))
    elif share_of([top <= EDGE for _, top, _, _ in boxes]) > MANY_CUT:
        found.append(said("tilt-up"))
    if share_of([left <= EDGE or left + width >= 1 - EDGE for left, _, width, _ in boxes]) > CUT_AT_THE_SIDES:
        found.append(said("cut-off"))
    tall_px = median(height for _, _, _, height in boxes) * picture_px
    if tall_px < least_px:
        found.append(said("too-small", have=round(tall_px), need=least_px))
    return found


def share_of(hits: Sequence[bool]) -> float:
    """Share of those that are true."""
    return sum(hits) / len(hits)
