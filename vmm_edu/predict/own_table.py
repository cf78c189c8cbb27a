"""A folder and a table of labels in; the clips it lists, and which are for training, choosing and testing, out."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int

SPLITS = ("train", "validation", "test")
NEEDED, OPTIONAL = ("file", "label"), ("group", "text")
DRAWS = 200
"""Ways to deal the groups out that are tried."""


class Table(NamedTuple):
    """What a table says of clips.

    Attributes:
        paths: the files.
        labels: number of each clip's class.
        label_names: the classes, in alphabetical order.
        groups: what each clip must not be parted from: its speaker, place or recording.
        texts: words that go with each clip; None: those of the caption file beside it, if there is one.
    """

    paths: tuple[Path, ...]
    labels: Int[np.ndarray, " clip"]
    label_names: tuple[str, ...]
    groups: tuple[str, ...]
    texts: tuple[str, ...] | None


def read_table(folder: str | os.PathLike[str], table: str | os.PathLike[str]) -> Table:
    """Read a table of clips and their labels.

    Args:
        folder: where the files are.
        table: a CSV file with a line of column names: `file` (within the folder) and `label`, and if you like `group`
            and `text`. Without groups each clip is one of its own. Values are separated by commas; where the first
            line has none, by semicolons or tabs, as many spreadsheets write them.

    Returns:
        The clips, in the table's order.

    Raises:
        FileNotFoundError: no such folder or table, or a file that the table lists is not there.
        ValueError: a column that is missing or not known, a line with too few or too many values, a quotation mark that
            is not closed, an empty label, a label or group in two spellings (capital letters), a file listed twice, or
            only one class.
    """
    folder, table = Path(folder), Path(table)
    if not table.is_file():
        found = "a folder; the folder of clips comes first, the table second" if table.is_dir() else "none"
        raise FileNotFoundError(f"expected a table of labels at {table}, found {found}")
    if not folder.is_dir():
        raise FileNotFoundError(
            f"expected a folder of clips at {folder}, found {'a file' if folder.exists() else 'none'}"
        )
    lines = _lines(table)
    if not lines:
        raise ValueError(f"expected the columns file and label in {table}, got an empty file")
    columns = _columns([name.strip().lower() for name in lines[0][0]], table)
    rows: list[dict[str, str]] = []
    for row, number in lines[1:]:
        if len(row) != len(columns):
            raise ValueError(
                f"expected {len(columns)} values in line {number} of {table}, got {len(row)}; a value that holds "
                "a comma needs quotes"
            )
        values = dict(zip(columns, (value.strip() for value in row), strict=True))
        if empty := [name for name in (*NEEDED, "group") if name in values and not values[name]]:
            raise ValueError(f"expected a {empty[0]} in line {number} of {table}, got nothing")
        rows.append(values)
    paths = tuple(folder / values["file"] for values in rows)
    _check_files(paths, table)
    for column in ("label", "group"):
        _check_spelling({values[column] for values in rows if column in values}, column, table)
    names = tuple(sorted({values["label"] for values in rows}))
    if len(names) < 2:
        raise ValueError(f"expected clips of at least two classes in {table}, got {list(names) or 'no clip'}")
    return Table(
        paths,
        np.array([names.index(values["label"]) for values in rows], np.int32),
        names,
        tuple(values.get("group", values["file"]) for values in rows),
        tuple(values["text"] for values in rows) if "text" in columns else None,
    )


def deal_groups(
    groups: Sequence[str],
    labels: Int[np.ndarray, " clip"],
    *,
    rng: np.random.Generator,
    shares: tuple[float, float, float] = (0.6, 0.2, 0.2),
    names: Sequence[str] | None = None,
) -> dict[str, Int[np.ndarray, " index"]]:
    """Divide clips for training, for choosing and for the one test at the end; a group is never parted.

    `split_by_group` draws one test part and looks at no labels; here there are three parts, each with its share of
    every class. Groups are dealt out, half of the times large ones first, each to the split that lacks most of its
    share, half of the times by lot; of `DRAWS` deals the one is kept whose splits have most nearly their share of every
    class.

    Args:
        groups: of each clip.
        labels: class of each clip.
        rng: source of the deals.
        shares: of training, validation and test; they add up to 1.
        names: of the classes, for the sentence that says which one is too rare; None: their numbers.

    Returns:
        "train", "validation" and "test" → indices of their clips, ascending.

    Raises:
        ValueError: shares that do not add up to 1, fewer groups than splits, or a class that training or test lacks
            however the groups are dealt.
    """
    if len(groups) != len(labels):
        raise ValueError(f"expected a group per clip, got {len(groups)} for {len(labels)}")
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"expected shares that add up to 1, got {shares}")
    apart = sorted(set(groups))
    if len(apart) < len(SPLITS):
        raise ValueError(
            f"expected at least {len(SPLITS)} groups, one for each split, got {len(apart)}: {apart}; record more "
            "people or places, or leave the column out if clips do not belong together"
        )
    # (group, class): how many clips
    counts = np.zeros((len(apart), int(labels.max()) + 1))
    place = {name: row for row, name in enumerate(apart)}
    rows = np.array([place[group] for group in groups])
    np.add.at(counts, (rows, labels), 1)
    wanted = np.array(shares)[:, None] * counts.sum(axis=0)
    best, least = np.zeros(len(apart), int), np.inf
    for draw in range(DRAWS):
        by_lot = rng.choice(len(SPLITS), len(apart), p=np.array(shares) / sum(shares))
        dealt = by_lot if draw % 2 else _deal(counts, wanted, rng.permutation(len(apart)))
        got = np.stack([counts[dealt == split].sum(axis=0) for split in range(len(SPLITS))])
        # A class that a split lacks is worse than any number too few of it.
        cost = np.abs(got - wanted).sum() + 1e6 * (got[[0, 2]] == 0).sum() + 1e3 * (got[1] == 0).sum()
        if cost < least:
            best, least = dealt, cost
    got = np.stack([counts[best == split].sum(axis=0) for split in range(len(SPLITS))])
    for split in (0, 2):
        if (lacking := np.flatnonzero(got[split] == 0)).size:
            alone, rare = int((counts[:, lacking[0]] > 0).sum()), int(lacking[0])
            raise ValueError(
                f"expected clips of every class for {SPLITS[split]}, got none of class "
                f"{rare if names is None else repr(names[rare])}, which is in {alone} of {len(apart)} groups; "
                "a class needs clips in at least 3"
            )
    split_of = best[rows]
    return {name: np.flatnonzero(split_of == number) for number, name in enumerate(SPLITS)}


def _deal(
    counts: Float64[np.ndarray, "group class"],
    wanted: Float64[np.ndarray, "split class"],
    order: Int[np.ndarray, " group"],
) -> Int[np.ndarray, " group"]:
    """The split of each group."""
    dealt, lacks = np.zeros(len(counts), int), wanted.copy()
    for group in sorted(order, key=lambda row: -counts[row].sum()):
        split = int((lacks / np.maximum(wanted, 1e-9) * (counts[group] > 0)).sum(axis=1).argmax())
        dealt[group] = split
        lacks[split] -= counts[group]
    return dealt


def _lines(table: Path) -> list[tuple[list[str], int]]:
    """The values of each line that has some, and the number of the line that it ends on."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"expected a CSV file in UTF-8 at {table}, got something else ({error}); in a spreadsheet, save it as "
            "“CSV UTF-8”"
        ) from error
    first = text.partition("\n")[0]
    # Strict: otherwise a quotation mark that is never closed would swallow the lines after it without a word.
    reader = csv.reader(io.StringIO(text), delimiter=next((d for d in ",;\t" if d in first), ","), strict=True)
    lines, read = list[tuple[list[str], int]](), 0
    try:
        for row in reader:
            read = reader.line_num
            if any(row):
                lines.append((row, read))
    except csv.Error as error:
        raise ValueError(
            f"expected a value that ends with the quotation mark it begins with in line {read + 1} of {table}, got one "
            f"that does not ({error}); close it, or write a mark inside a value twice"
        ) from error
    return lines


def _columns(columns: list[str], table: Path) -> list[str]:
    if missing := [name for name in NEEDED if name not in columns]:
        raise ValueError(f"expected the columns file and label in {table}, got {columns}, without {missing[0]}")
    if unknown := [name for name in columns if name not in NEEDED + OPTIONAL]:
        raise ValueError(f"expected no columns but {', '.join(NEEDED + OPTIONAL)} in {table}, got {unknown[0]!r} too")
    if twice := [name for name, times in Counter(columns).items() if times > 1]:
        raise ValueError(f"expected each column once in {table}, got {twice[0]!r} twice")
    return columns


def _check_spelling(names: set[str], column: str, table: Path) -> None:
    """Anna and anna would be two people, and one of them might be tested on what the other was trained on."""
    spelt: dict[str, str] = {}
    for name in sorted(names):
        if (other := spelt.setdefault(name.casefold(), name)) != name:
            raise ValueError(
                f"expected one spelling of each {column} in {table}, got {other!r} and {name!r}; rename one of them"
            )


def _check_files(paths: tuple[Path, ...], table: Path) -> None:
    if missing := [path for path in paths if not path.is_file()]:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        lost = f"expected every file that {table} lists, did not find {missing[0]}{more}"
        raise FileNotFoundError(lost + _why_lost(missing[0]))
    if twice := [path for path, times in Counter(path.resolve() for path in paths).items() if times > 1]:
        raise ValueError(f"expected each file once in {table}, got {twice[0].name} twice; a clip has one label")


def _why_lost(path: Path) -> str:
    if path.is_dir():
        return "; that is a folder"
    if "\\" in path.name:
        return "; part folder and file by /, which every system reads"
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    alike = [other.name for other in beside if other.name.casefold() == path.name.casefold()]
    return f"; there is {alike[0]}, and capital letters count" if alike else ""
