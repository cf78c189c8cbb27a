"""The source of a notebook's code cells in; which names each takes from the cells above and leaves behind out.

The rule is by names, read from the syntax tree without running anything. A cell *reads* a name that it uses and did
not bind itself, inside its functions too; it *binds* what it assigns, imports or defines at its top level; it *changes*
what it assigns into (``x[0] = 1``, ``x.size = 2``), and in a line that is only a call the object whose method is called
and what is passed to it (``losses.append(1)``, ``optimizer.update(model, grads)``).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BRANCHES = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)


class Flow(NamedTuple):
    """What passes between one cell and the others.

    Attributes:
        reads: Names that come from cells above.
        binds: Names that the cell gives a value.
        sure: Those of them that get one whatever happens, outside any branch or loop.
        changes: Names whose object may be changed in place.
    """

    reads: frozenset[str]
    binds: frozenset[str]
    sure: frozenset[str]
    changes: frozenset[str]


class Reached(NamedTuple):
    """What reaches one cell.

    Attributes:
        by: The origins whose value can reach it.
        made_in: For each name that it reads and an origin reaches: the cells that may have made its present value.
    """

    by: frozenset[str]
    made_in: Mapping[str, tuple[int, ...]]


def flow(source: str) -> Flow:
    """The names of one cell; a cell that is no Python (a magic) has none.

    Args:
        source: The cell's source; lines that begin with % or ! are left out.
    """
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return Flow(frozenset(), frozenset(), frozenset(), frozenset())
    reader = _Reader()
    for statement in tree.body:
        reader.in_branch = isinstance(statement, BRANCHES)
        reader.visit(statement)
    return Flow(
        frozenset(reader.reads | (reader.late - reader.binds)),
        frozenset(reader.binds),
        frozenset(reader.sure),
        frozenset(reader.changes),
    )


def reach(flows: Sequence[Flow], origins: Mapping[int, str]) -> list[Reached]:
    """Follows the values that begin in some cells through the names of all others.

    Args:
        flows: Of every cell, in order.
        origins: Place of a cell → what begins there.
    """
    found: list[Reached] = []
    values: dict[str, tuple[frozenset[str], tuple[int, ...]]] = {}
    for place, names in enumerate(flows):
        taken = {name: values[name] for name in sorted(names.reads | names.changes) if name in values}
        by = frozenset[str]().union(*(origin for origin, _ in taken.values()))
        by |= {origins[place]} if place in origins else set()
        found.append(Reached(by, {name: made for name, (_, made) in taken.items()}))
        for name in names.sure:
            values.pop(name, None)  # a new value; what reached the old one ends here
        if by:
            for name in names.binds | names.changes:
                before, made = values.get(name, (frozenset(), ()))
                values[name] = (before | by, (*made, place))
    return found


def free_names(node: ast.AST) -> set[str]:
    """The names that a function, a lambda or a comprehension takes from outside.

    Args:
        node: Its syntax tree.
    """
    loaded, local = set(), set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            (loaded if isinstance(inner.ctx, ast.Load) else local).add(inner.id)
        elif isinstance(inner, ast.arg):
            local.add(inner.arg)
        elif isinstance(inner, ast.FunctionDef | ast.ClassDef) and inner is not node:
            local.add(inner.name)
        elif isinstance(inner, ast.Global):
            loaded |= set(inner.names)
    return loaded - local


class _Reader(ast.NodeVisitor):
    """Collects names in the order in which a cell's statements run."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.sure: set[str] = set()
        self.changes: set[str] = set()
        self.late: set[str] = set()  # used in functions: looked up when they are called
        self.in_branch = False

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.binds:
                self.reads.add(node.id)
        else:
            self._bind(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)  # runs before the targets are bound
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name) and node.target.id not in self.binds:
            self.reads.add(node.target.id)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._into(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._into(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            call = node.value
            touched = [call.func] if isinstance(call.func, ast.Attribute) else []
            self.changes |= {name for part in (*touched, *call.args) if (name := _root(part))}
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        self.late |= free_names(node)
        self._bind(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases):
            self.visit(part)
        self.late |= free_names(node)
        self._bind(node.name)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, SCOPES):
            self.late |= free_names(node)
        elif isinstance(node, COMPREHENSIONS):
            self.visit(node.generators[0].iter)  # runs outside, so its names may be those of the loop inside
            self.reads |= free_names(node) - self.binds
        else:
            super().generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def _bind(self, name: str) -> None:
        self.binds.add(name)
        if not self.in_branch:
            self.sure.add(name)

    def _into(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load) and (name := _root(node)):
            self.changes.add(name)
        self.generic_visit(node)


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
