"""What vision answers somebody who asks to be scored, a closed vocabulary: the board says each in its languages."""

from __future__ import annotations

EMPTY = "empty"
"Nobody's feet are on the spot."
LOOKING = "looking"
TOLD = "told"
"A card is out, and nobody who was there with them still waits for one."
SMALL = "small"
"Too far away for this camera."
CUT_OFF = "cut-off"
"Only a part of the person is in the picture."
COVERED = "covered"
"Somebody else stands before or behind them."
HIDDEN = "hidden"
"The clothes cannot be told from what is around them."
LEFT_ALONE = "left-alone"
"They came by an opt-out zone, and nobody undoes that for them while they are in view."
IN_DOUBT = "in-doubt"
"Somebody in the picture objected a moment ago, and nobody can tell that it was not they."
LATE = "late"
"They came when the time was nearly over."
ANSWERS = (EMPTY, LOOKING, TOLD, SMALL, CUT_OFF, COVERED, HIDDEN, LEFT_ALONE, IN_DOUBT, LATE)
