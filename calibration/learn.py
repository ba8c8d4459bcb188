"""`booth learn`: passages of sources in, a bank file out that can be gone on with; the passages are forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.artifacts import Bank, BankError, id_of, load_bank, save_bank
from appliance.records import Passage
from calibration.bank import bank_from_street, check_enough, street_from_bank
from calibration.journal import Journal, Progress
from calibration.street import Street


@dataclass(frozen=True)
class Learned:
    """What a bank was made of."""

    bank: str
    "Id of the bank."
    people: int
    abstained: int
    prototypes: dict[str, int]
    "Measure -> stored prototypes."


class Lesson:
    """One run of learning into one bank file; what an earlier run has saved is gone on with unless `again`."""

    def __init__(
        self,
        file: Path,
        descriptor: str,
        neighbours: int,
        today: str = "",
        *,
        again: bool = False,
        read: Callable[[Path, str], Bank] = load_bank,
    ) -> None:
        """`today` as 2026-11-22. Raises BankError for a file that `read` refuses or learning cannot go on with."""
        self._read = read
        self._file, self._descriptor, self._today = file, descriptor, today
        self._journal = Journal(file)
        self._saved = self._progress = Progress()
        self._days = (today, today)
        self.street = Street(neighbours)
        if file.exists():
            self._open(again=again)

    def _open(self, *, again: bool) -> None:
        """Go on with the bank that is there; with `again`, only know what is in it until it is replaced."""
        try:
            bank = self._read(self._file, self._descriptor)
            self._saved = self._journal.read(bank.id)
            if again:
                return
            self.street = street_from_bank(bank, self._today)
        except BankError as error:
            if again:
                return
            raise BankError(f"{error}; or start afresh: booth learn --again") from None
        self._progress = self._saved
        self._days = (bank.days[0] or self._today, self._today or bank.days[1])

    def knows(self, key: str) -> bool:
        """Whether the source of that key is in the bank already."""
        return bool(key) and key in self._progress.done

    def begin(self, key: str) -> int:
        """A source begins; returns how many of its passages are in the bank already, to be left out."""
        known = self._progress.passages if key and key == self._progress.part else 0
        self._progress = replace(self._progress, part=key, passages=known)
        return known

    def see(self, passage: Passage, now_s: float) -> None:
        """Learn one passage; `now_s` on any clock that runs evenly within a source."""
        if passage.abstained:
            self._progress = replace(self._progress, abstained=self._progress.abstained + 1)
        else:
            self.street.see(passage.measures, now_s)
        self._progress = replace(self._progress, passages=self._progress.passages + 1)

    def end(self) -> None:
        """The source that began is over."""
        key = self._progress.part
        done = (*self._progress.done, key) if key else self._progress.done
        self._progress = replace(self._progress, done=done, part="", passages=0)

    def save(self) -> Learned | None:
        """Write what can be stored; None while there are too few people. Raises BoothError for a disk that refuses."""
        if not self.street.ready():
            return None
        bank = bank_from_street(self.street, self._descriptor, self._days)
        if self._progress != self._saved:
            self._progress = replace(self._progress, bank=id_of(bank))
            self._journal.write(self._saved, self._progress)
            save_bank(bank, self._file)
            self._saved = self._progress
        prototypes = {name: len(measure.prototypes) for name, measure in bank.measures.items()}
        return Learned(self._saved.bank, self.street.people, self._progress.abstained, prototypes)

    def close(self) -> Learned:
        """Fold in who is still held and write the bank. Raises BoothError with fewer than ten people."""
        self.street.rest()
        check_enough(self.street.known)
        learned = self.save()
        if learned is None:
            raise BankError(f"{self._file}: nothing could be learned; give longer or more sources")
        return learned


def learn(passages: Iterable[Passage], descriptor: str, neighbours: int, file: Path) -> Learned:
    """Make a bank of all passages that showed their clothes and write it. Raises BoothError with fewer than ten."""
    lesson = Lesson(file, descriptor, neighbours, again=True)
    for passage in passages:
        lesson.see(passage, passage.at_s)
    return lesson.close()
