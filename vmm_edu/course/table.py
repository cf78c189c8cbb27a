"""The proofs of all exercises in; the Markdown table in docs/exercises.md out."""

from __future__ import annotations

from collections.abc import Iterable

from vmm_edu.course.proof import Proof
from vmm_edu.course.registry import find

HEAD = """# Exercises and their proofs

Written by `make exercises`; a test compares. Every right answer passes, every wrong answer gets its own message, and a
blank counts as not attempted. Mutants are copies of the model answer with one small mistake; those that the checker
lets through are listed below the table, and those that are the same function in other words with the reason.

| exercise | kind | minutes | points | right | wrong | mutants killed |
|---|---|---|---|---|---|---|
"""


def markdown(proofs: Iterable[Proof]) -> str:
    """The whole page.

    Args:
        proofs: One for each exercise, in order.
    """
    rows, notes = [], []
    for proof in proofs:
        exercise = find(proof.name)
        killed = f"{proof.killed} of {proof.mutants}" if proof.mutants else "–"
        cells = (f"`{proof.name}`", exercise.kind, exercise.minutes, exercise.points, proof.right, proof.wrong, killed)
        rows.append(f"| {' | '.join(map(str, cells))} |")
        notes += [f"* `{proof.name}`: `{change}` survives." for change in proof.survivors]
        notes += [f"* `{proof.name}`: `{change}` is the same: {why}." for change, why in proof.equivalent.items()]
    listed = "\n## Mutants that are not killed\n\n" + "\n".join(notes) + "\n" if notes else ""
    return HEAD + "\n".join(rows) + "\n" + listed
