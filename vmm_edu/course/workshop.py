"""The chapters and a number of minutes in; a timed choice of sections and exercises out.

The choice follows from what chapters and exercises say of themselves, so it stays true when chapters come. Chapters are
taken in the order of `FIRST`, each from its beginning as far as the time allows, so that what is taken runs on its own.
The easy exercises of what is taken belong to it; harder ones are added while there is time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vmm_edu.course.exercise import Exercise
from vmm_edu.course.sections import Chapter, Section

WELCOME, CLOSING, BREAK = 5, 5, 10
LONGEST_SITTING = 90
SPARE = 0.05  # share of the minutes that is left for questions
LEAST = 45
# Which chapters a short audience gains most from; those that are not named follow in the course's order.
FIRST = ("00", "00b", "08", "05", "01", "02")
WORTH_BEGINNING = 12  # minutes; less of a chapter is not worth opening its notebook for


@dataclass
class Part:
    """What is taken of one chapter.

    Attributes:
        chapter: The chapter.
        sections: The first of its sections.
        exercises: Those that are done together.
    """

    chapter: Chapter
    sections: list[Section] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """Of reading and exercises."""
        return sum(s.minutes for s in self.sections) + sum(e.minutes for e in self.exercises)

    @property
    def left_out(self) -> list[Exercise]:
        """The other exercises of its sections, for those who are faster."""
        return [e for section in self.sections for e in section.exercises if e not in self.exercises]


@dataclass(frozen=True)
class Row:
    """A line of the timetable.

    Attributes:
        start: Minutes from the beginning.
        minutes: How long.
        what: In words.
        chapter: The chapter that is open, if any.
    """

    start: int
    minutes: int
    what: str
    chapter: Chapter | None = None


@dataclass(frozen=True)
class Plan:
    """A workshop.

    Attributes:
        minutes: All of it.
        parts: What is taken, in the course's order.
        breaks: How many.
        spare: Minutes that nothing fills: questions, and what took longer.
    """

    minutes: int
    parts: list[Part]
    breaks: int
    spare: int


def choose(chapters: Sequence[Chapter], minutes: int) -> Plan:
    """Chooses what fits.

    Args:
        chapters: All that are there, in the course's order.
        minutes: Of the whole workshop, breaks included.

    Raises:
        ValueError: There are too few minutes for anything, or no chapters.
    """
    if minutes < LEAST:
        raise ValueError(f"--minutes: expected {LEAST} or more, got {minutes}; less is a talk (export slides)")
    if not chapters:
        raise ValueError("there is no chapter to choose from")
    breaks = (minutes - 1) // LONGEST_SITTING
    spare = round(SPARE * minutes)
    left = minutes - WELCOME - CLOSING - breaks * BREAK - spare
    rank = {number: place for place, number in enumerate(FIRST)}
    parts = []
    for chapter in sorted(chapters, key=lambda chapter: rank.get(chapter.number, len(rank))):
        part = beginning(chapter, left)
        if part.sections and (part.minutes >= WORTH_BEGINNING or not parts):
            parts.append(part)
            left -= part.minutes
    for difficulty in (1, 2, 3):
        for part in parts:
            for exercise in part.left_out:
                if exercise.difficulty == difficulty and exercise.minutes <= left:
                    part.exercises.append(exercise)
                    left -= exercise.minutes
    parts.sort(key=lambda part: part.chapter.number)
    return Plan(minutes, parts, breaks, left + spare)


def beginning(chapter: Chapter, minutes: int) -> Part:
    """As many sections of a chapter, from its first, as fit with their easy exercises.

    Args:
        chapter: The chapter.
        minutes: At most so many.
    """
    part = Part(chapter)
    for section in chapter.sections:
        if section.closing:
            continue
        easy = [exercise for exercise in section.exercises if exercise.difficulty == 1]
        if part.minutes + section.minutes + sum(exercise.minutes for exercise in easy) > minutes:
            break
        part.sections.append(section)
        part.exercises += easy
    return part


def timetable(plan: Plan) -> list[Row]:
    """The lines of the timetable; they fill the workshop's minutes.

    Args:
        plan: The choice.
    """
    blocks: list[tuple[int, str, Chapter]] = []
    for part in plan.parts:
        read: list[Section] = []
        for section in part.sections:
            read.append(section)
            done = [exercise for exercise in section.exercises if exercise in part.exercises]
            if done or section is part.sections[-1]:
                blocks.append((sum(s.minutes for s in read), " · ".join(s.title for s in read), part.chapter))
                read = []
            blocks += [(e.minutes, f"Exercise `{e.name}`: {e.title}", part.chapter) for e in done]
    rows = [Row(0, WELCOME, "Welcome; everybody has the first notebook open")]
    now, taken = WELCOME, 0
    sitting = (plan.minutes - plan.breaks * BREAK) / (plan.breaks + 1)
    for length, what, chapter in blocks:
        if taken < plan.breaks and now - taken * BREAK >= sitting * (taken + 1):
            rows.append(Row(now, BREAK, "Break"))
            now, taken = now + BREAK, taken + 1
        rows.append(Row(now, length, what, chapter))
        now += length
    pauses = (plan.breaks - taken) * BREAK  # those that the content did not reach
    if plan.spare + pauses:
        rows.append(Row(now, plan.spare + pauses, "Spare: questions, and what took longer"))
        now += plan.spare + pauses
    rows.append(Row(now, CLOSING, "Closing: what to do next, alone or in a course"))
    return rows
