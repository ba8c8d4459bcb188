"""`make trends-sample`: a folder goes in; 90 days of three planted cities, their report and how often it holds, out."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from appliance.analysis.city import cities_of
from appliance.analysis.export import export_releases
from appliance.analysis.reading import read_releases
from appliance.analysis.report import report_releases
from tests.analysis.history import play
from tests.analysis.planted import missed
from tests.analysis.score import Score
from tests.analysis.streets import stands
from tests.analysis.truth import Truth, of_releases, of_report

DAYS = 90


def main(folder: Path) -> int:
    """Play, report and compare; 1 where a planted trend is missed or intervals hold too seldom."""
    shutil.rmtree(folder, ignore_errors=True)
    booths, releases = stands(DAYS), folder / "releases"
    with ProcessPoolExecutor() as pool:
        played = list(pool.map(play, booths, [DAYS] * len(booths), [releases] * len(booths)))
    print(f"{len(played)} booths, {DAYS} days")
    print(export_releases([releases], folder / "trends.csv", None))
    print(export_releases([releases], folder / "trends.parquet", None))
    print(report_releases([releases], folder / "report.html"))
    read = read_releases([releases])
    cities, truth = cities_of(read), Truth(booths, DAYS)
    wrong = [*missed(cities), *told(of_releases(read, truth)), *told(of_report(cities, read, truth))]
    print("\n".join(wrong) if wrong else "every planted trend has its sign")
    return 1 if wrong else 0


def told(score: Score) -> list[str]:
    """Print each kind; those that hold too seldom."""
    for kind, share in score.shares().items():
        print(f"{kind:16} {100 * share:6.1f} % of {score.tries[kind]:,} intervals hold the truth")
    return [f"intervals hold too seldom: {words}" for words in score.too_seldom()]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
