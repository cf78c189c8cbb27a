"""``vmm-edu exercises``: the table of proofs, and the beginning of a new exercise."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

TEMPLATE = '''"""One line: what is trained."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def {tail}(x):
    """The model answer: what it gives, in one line."""
    raise NotImplementedError


def _another_way(x):
    raise NotImplementedError


def _a_third_way(x):
    raise NotImplementedError


def _first_mistake(x):
    raise NotImplementedError


def _second_mistake(x):
    raise NotImplementedError


def _third_mistake(x):
    raise NotImplementedError


def _fourth_mistake(x):
    raise NotImplementedError


def _cases(rng):
    # The first case is small: messages show it in full. Let square shapes occur, so that a swapped axis has to be
    # noticed by its values.
    yield (np.array([1.0, 2.0, 3.0]),)
    for length in (4, 7):
        yield (rng.normal(size=length),)


EXERCISE = Code(
    name="{name}",
    title="A few words",
    text="""What to do, in short sentences. Write `{tail}(x)`: what it returns.""",
    trains="one idea",
    signature="x (length,) → (length,)",
    reference={tail},
    rights=(_another_way, _a_third_way),
    wrongs=(
        Wrong(_first_mistake, "ends: your result equals what you get when …", "What to think about next."),
        Wrong(_second_mistake, "…", "…"),
        Wrong(_third_mistake, "…", "…"),
        Wrong(_fourth_mistake, "…", "…"),
    ),
    cases=_cases,
    hints=("A nudge.", "Nearly the answer."),
    takeaway="One sentence to keep.",
    minutes=5,
    difficulty=1,
    points=1,
)
'''


def add_arguments(subparsers: argparse._SubParsersAction) -> None:
    """Adds the command to the parser of ``vmm-edu``.

    Args:
        subparsers: Of the main parser.
    """
    parser = subparsers.add_parser("exercises", help="prove the exercises, or begin a new one (for authors)")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    prove = actions.add_parser("table", help="try every right, wrong and mutated answer; print or store the table")
    prove.add_argument("names", nargs="*", metavar="NAME", help="only these exercises (default: all)")
    prove.add_argument("--out", type=Path, help="store the table in this file, docs/exercises.md")
    prove.set_defaults(run=run_table)
    new = actions.add_parser("new", help="write a template for a new exercise into the package's source")
    new.add_argument("name", metavar="NAME", help="chapter, dot, Python name: 05.keep_or_drop")
    new.add_argument("--folder", type=Path, help="folder of the declared exercises (default: the package's own)")
    new.set_defaults(run=run_new)
    pages = actions.add_parser("pages", help="renew docs/misconceptions.md and the syllabus of docs/teaching.md")
    pages.add_argument("--docs", type=Path, default=Path("docs"), metavar="DIR", help="folder of both (default: docs)")
    pages.set_defaults(run=run_pages)
    card = actions.add_parser("card", help="print the two notebook cells of exercises")
    card.add_argument("names", nargs="+", metavar="NAME")
    card.set_defaults(run=run_card)


def run_table(options: argparse.Namespace) -> int:
    """Proves the exercises; 1 when something is not as it should be.

    Args:
        options: names, out.
    """
    from vmm_edu.course import registry
    from vmm_edu.course.proof import prove
    from vmm_edu.course.table import markdown

    proofs = []
    for name in options.names or registry.names():
        with warnings.catch_warnings():
            # Wrong answers and mutants divide by zero as a matter of course.
            warnings.simplefilter("ignore", RuntimeWarning)
            proofs.append(prove(registry.find(name)))
        for problem in proofs[-1].problems:
            print(f"{name}: {problem}", file=sys.stderr)
    text = markdown(proofs)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
        print(f"{len(proofs)} exercises → {options.out}")
    else:
        print(text)
    return 1 if any(proof.problems for proof in proofs) else 0


def run_new(options: argparse.Namespace) -> int:
    """Writes the template and lists it in its chapter.

    Args:
        options: name, folder.

    Raises:
        ValueError: The name is none, or the exercise exists.
    """
    from vmm_edu.course import exercises
    from vmm_edu.course.exercise import NAME

    match = NAME.fullmatch(options.name)
    if match is None:
        raise ValueError(f"NAME: expected one like 05.keep_or_drop, got {options.name!r}")
    folder = (options.folder or Path(exercises.__path__[0])) / f"chapter_{match['chapter']}"
    path, listing = folder / f"{match['tail']}.py", folder / "__init__.py"
    if path.exists():
        raise ValueError(f"NAME: {options.name} exists already: {path.name}")
    folder.mkdir(parents=True, exist_ok=True)
    if not listing.exists():
        listing.write_text(f'"""Chapter {match["chapter"]}."""\n\nORDER = ()\n', encoding="utf-8")
    head, opening, rest = listing.read_text(encoding="utf-8").partition("ORDER = (")
    inside, closing, tail = rest.partition(")")
    if not opening or not closing:
        raise ValueError(f"{listing}: expected a line that begins with ORDER = (")
    inside = "\n" + "".join(
        f"    {item.strip()},\n" for item in [*inside.split(","), f'"{match["tail"]}"'] if item.strip()
    )
    path.write_text(TEMPLATE.format(name=options.name, tail=match["tail"]), encoding="utf-8")
    listing.write_text(head + opening + inside + closing + tail, encoding="utf-8")
    print(f"{path}\nFill it in, then: vmm-edu exercises table {options.name}")
    return 0


def run_pages(options: argparse.Namespace) -> int:
    """Renews what lecturers read and the declarations decide.

    Args:
        options: docs.
    """
    from vmm_edu.course import course_folder
    from vmm_edu.course.teaching import misconceptions_page, renewed

    teaching = options.docs / "teaching.md"
    page = renewed(teaching.read_text(encoding="utf-8"), course_folder() / "notebooks")
    teaching.write_text(page, encoding="utf-8")
    (options.docs / "misconceptions.md").write_text(misconceptions_page(), encoding="utf-8")
    print(f"renewed: {teaching}, {options.docs / 'misconceptions.md'}")
    return 0


def run_card(options: argparse.Namespace) -> int:
    """Prints the cells.

    Args:
        options: names.
    """
    from vmm_edu.course.cards import card, stub_cell

    for name in options.names:
        print(card(name), stub_cell(name), sep="\n\n", end="\n\n")
    return 0
