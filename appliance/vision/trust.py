"""How far the tracker trusts boxes: the thresholds and patience of passages, all times in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.vision.motion import MotionSettings


@dataclass(frozen=True)
class TrackerSettings:
    """When a passage begins, goes on and ends; measured on street sequences at 4 to 30 frames per second."""

    admit_score: float = 0.65
    "A box of this score is strong: it may begin a passage; below, it may only continue one."
    keep_score: float = 0.35
    "Boxes below this score are not looked at."
    admit_after_s: float = 0.3
    "Somebody new is a candidate for this long before the passage counts."
    admit_mean: float = 0.65
    "...and the boxes of a candidate have to score this much on the average."
    patience_s: float = 0.35
    "A candidate not seen for this long was nobody."
    memory_s: float = 4.0
    "A passage not seen for this long has ended."
    door_memory_s: float = 0.8
    "The same for somebody foretold at the border of the picture: who comes in there is somebody else."
    door: float = 0.1
    "Heights: how near to the border is at the border."
    fresh_s: float = 0.8
    "Weak boxes continue only who was seen this recently."
    sure_s: float = 2.0
    "Weak boxes alone continue nobody for longer than this: posts look like people now and then."
    overlap: float = 0.25
    "Likeness (IoU, lowered by unlike height and a poor score) from which a strong box continues a passage."
    weak_overlap: float = 0.4
    "The same for a weak box."
    reach: float = 0.3
    "Heights: a strong box this near the foretold place may be somebody lost from sight..."
    reach_per_s: float = 0.5
    "...and this much farther for every second out of sight..."
    reach_most: float = 1.5
    "...but no farther than this..."
    unlike: float = 0.4
    "...unless the logarithms of the heights differ by this much."
    crowded: float = 0.7
    "A box that overlaps somebody already followed by this IoU begins no passage of its own."
    score_weight: float = 0.2
    "How much of the likeness rests on the score of the box."
    doubt: float = 2.0
    "The detector's blur at score 0 in units of MotionSettings.blur; it falls by 1 towards score 1."
    motion: MotionSettings = field(default_factory=MotionSettings)
