"""The registry and the folder of notebooks in; the lecturer's pages out: misconceptions, keys, syllabus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vmm_edu.course import registry
from vmm_edu.course.exercise import Exercise
from vmm_edu.course.learner import model_answer
from vmm_edu.course.questions import Explain

# The plan of the course: number → name. Which of them are there, the folder of notebooks says.
CHAPTERS = {
    "00": "Start here",
    "00b": "JAX on-ramp",
    "01": "Framing",
    "02": "HOG and the first classifier",
    "03": "SIFT",
    "04": "CNN",
    "05": "LSTM",
    "06": "GRU and CRF",
    "07": "Sound and text",
    "08": "Fusion",
    "09": "Prediction",
    "10": "Lip reading",
}


class Week(NamedTuple):
    """One week of the syllabus.

    Attributes:
        chapters: Their numbers.
        outcome: What students can do afterwards; follows "can".
        capstone: What of the capstone is due, if anything.
    """

    chapters: tuple[str, ...]
    outcome: str
    capstone: str = ""


WEEKS = (
    Week(("00", "00b"), "run the pipeline, read a score against its ceiling, write a pure function and its gradient"),
    Week(("01",), "choose moments of a clip and say what a choice cannot see; put sound and picture on one clock"),
    Week(("02",), "compute HOG, train a linear classifier, keep training, validation and test apart"),
    Week(("03",), "find the same point twice, and describe an image by visual words", "question and senses chosen"),
    Week(("04",), "count the parameters and the field of view of a CNN, and train one"),
    Week(("05",), "derive the LSTM's step and its scan, and prove both", "ceiling or baseline computed"),
    Week(("05",), "train an LSTM, find out why one does not learn, and say what makes it fast"),
    Week(
        ("06",), "compute a chain's probabilities and best path, and choose between the two", "first model of one sense"
    ),
    Week(("07",), "turn sound and text into features, and say what each loses"),
    Week(("08",), "choose a fusion by what the senses know together, and detect a missing sense's leak"),
    Week(
        ("09",),
        "report a score with its interval, its calibration and its delay",
        "two senses against one, with intervals",
    ),
    Week(("10",), "repeat all of it on real recordings, with noise", "presentation and report"),
)
MISCONCEPTIONS = """# Misconceptions, chapter by chapter

Written by `vmm-edu exercises pages` from the exercises' declarations; a test compares. These are the wrong answers
that the checkers know, each with what it tells the learner. For a lecture: ask for the prediction first, then show the
one that half of the room gave.
"""
BEGIN, END = "<!-- syllabus: written by `vmm-edu exercises pages` -->", "<!-- end of the syllabus -->"


def misconceptions_page() -> str:
    """The whole of docs/misconceptions.md."""
    lines = [MISCONCEPTIONS]
    for chapter in registry.chapters():
        lines += [f"## {heading(chapter)}", ""]
        for exercise in registry.exercises(chapter):
            lines.append(f"**`{exercise.name}` {exercise.title}** (trains: {exercise.trains})")
            lines += ["", *misconceptions(exercise), ""]
    return "\n".join(lines).rstrip() + "\n"


def misconceptions(exercise: Exercise) -> Iterator[str]:
    """One line for each wrong answer that is known; for an explanation, what it must not leave out.

    Args:
        exercise: Of any kind.
    """
    if isinstance(exercise, Explain):
        yield from (f"* left out as a rule: {line}" for line in exercise.rubric)
    for wrong in exercise.wrongs:
        given = "" if callable(wrong.answer) else f"`{wrong.answer}`: "
        yield f"* {given}{wrong.when}. → {wrong.advice}"


def key_page(chapter: str) -> str:
    """A page for assistants: what each exercise asks, its answer, and what to say to those who are stuck.

    Args:
        chapter: "00b".

    Raises:
        ValueError: There is no such chapter.
    """
    exercises = registry.exercises(chapter)
    minutes, points = sum(e.minutes for e in exercises), sum(e.points for e in exercises)
    lines = [
        f"# Key to chapter {heading(chapter)}",
        "",
        f"{len(exercises)} exercises, {minutes} minutes, {points} points.",
        "",
    ]
    lines += ["| exercise | trains | minutes | points | if they are stuck |", "|---|---|---|---|---|"]
    for e in exercises:
        hint = " ".join(e.hints[0].split()).replace("|", "\\|")
        lines.append(f"| `{e.name}` {'●' * e.difficulty} | {e.trains} | {e.minutes} | {e.points} | {hint} |")
    for exercise in exercises:
        answer = model_answer(exercise)
        code = exercise.kind in ("code", "number")
        shown = f"```python\n{answer}\n```" if code else answer
        lines += ["", f"**`{exercise.name}`** {exercise.takeaway}", "", shown]
        if exercise.kind == "number":
            lines.append(f"= {exercise.reference():g}")  # type: ignore[attr-defined]
        usual = [wrong.when for wrong in exercise.wrongs[:3]]
        if usual:
            lines += ["", "Usual mistakes: " + "; ".join(usual) + "."]
    return "\n".join(lines) + "\n"


def syllabus(notebooks: Path) -> str:
    """The table of the twelve weeks, between the marks that a page has for it.

    Args:
        notebooks: The folder of chapters; those that are not there are marked.
    """
    there = {path.stem.partition("_")[0]: path.name for path in sorted(notebooks.glob("*.ipynb"))}
    lines = [BEGIN, "", "| week | chapter | students can | minutes of exercises | capstone |", "|---|---|---|---|---|"]
    known = registry.chapters()
    for number, week in enumerate(WEEKS, 1):
        names, minutes = [], 0
        for chapter in week.chapters:
            named = heading(chapter)
            found = chapter in there
            names.append(f"[{named}](../notebooks/{there[chapter]})" if found else f"{named} *(not there yet)*")
            shared = sum(chapter in other.chapters for other in WEEKS)
            own = sum(e.minutes for e in registry.exercises(chapter)) if found and chapter in known else 0
            minutes += round(own / shared)
        lines.append(f"| {number} | {', '.join(names)} | {week.outcome} | {minutes or '–'} | {week.capstone or '–'} |")
    return "\n".join([*lines, "", END])


def renewed(page: str, notebooks: Path) -> str:
    """A page with its syllabus as it is now.

    Args:
        page: With the two marks.
        notebooks: The folder of chapters.

    Raises:
        ValueError: The page has no marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected the lines {BEGIN!r} and {END!r} in the page")
    return before + syllabus(notebooks) + after


def heading(chapter: str) -> str:
    """Number and name of a chapter.

    Args:
        chapter: "00b".
    """
    return f"{chapter} {CHAPTERS.get(chapter, '')}".strip()
