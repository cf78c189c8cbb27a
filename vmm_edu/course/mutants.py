"""A function in; many slightly wrong copies of it out.

A checker is only as good as the mistakes that it notices. Each copy differs from the model answer in one place: a
comparison, an operator, a constant, swapped arguments, a dropped minus or eps, a neighbour function (mean for sum), a
statement left out. A checker that lets one pass has a hole, or the copy is the same function in other words.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod, ast.Pow)
PAIRS = (
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("any", "all"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("sin", "cos"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("sqrt", "square"),
    ("sigmoid", "tanh"),
    ("set", "add"),
    ("normal", "uniform"),
    ("logical_and", "logical_or"),
)
NEIGHBOURS = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
COMMUTATIVE = {"maximum", "minimum", "add", "multiply", "dot", "vdot", "logical_and", "logical_or", "max", "min"}
UNWRAPPED = {"sorted", "abs", "sqrt", "log", "exp", "reversed", "cumsum", "flip", "sort", "softmax"}


class Mutant(NamedTuple):
    """One wrong copy.

    Attributes:
        change: "old statement ⇒ new statement", the same on every machine.
        function: The copy, callable.
    """

    change: str
    function: Callable[..., Any]


def mutants(function: Callable[..., Any]) -> list[Mutant]:
    """All mutants of a function that does not close over variables.

    Args:
        function: Its source must be reachable.

    Raises:
        ValueError: It has a closure, so that a copy could not see the same variables.
    """
    plain = inspect.unwrap(function)
    if plain.__closure__:
        raise ValueError(f"{plain.__name__}: a model answer may not close over variables; import what it needs")
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    if ast.get_docstring(definition):
        definition.body = definition.body[1:]

    found: dict[str, Mutant] = {}
    for path, change in _changes(definition):
        mutated = copy.deepcopy(definition)
        statement_before = _statement(definition, path)
        try:
            _put(mutated, path, change)
            statement_after = _statement(mutated, path) if change is not None else "left out"
            module = ast.fix_missing_locations(ast.Module(body=[mutated], type_ignores=[]))
            namespace = dict(plain.__globals__)
            exec(compile(module, f"<mutant of {plain.__name__}>", "exec"), namespace)
        except (SyntaxError, ValueError):
            continue  # not a program
        if statement_before == statement_after:
            continue
        text = f"{statement_before} ⇒ {statement_after}"
        found.setdefault(text, Mutant(text, namespace[plain.__name__]))
    return list(found.values())


Path = tuple[tuple[str, int | None], ...]


def _changes(definition: ast.FunctionDef) -> Iterator[tuple[Path, ast.AST | None]]:
    """Places in the body with what to put there; None leaves a statement out."""
    for path, node in _walk(definition, ()):
        if not path or path[0][0] != "body":
            continue
        if isinstance(node, ast.stmt) and not isinstance(
            node, ast.Return | ast.FunctionDef | ast.Import | ast.ImportFrom
        ):
            yield path, None
        for change in _mutate(node):
            yield path, change


def _mutate(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=rest):
            for other in COMPARISONS.get(type(operator), ()):
                yield ast.Compare(left=left, ops=[other()], comparators=rest)
        case ast.BinOp(left=left, op=operator, right=right):
            if type(operator) in OPERATORS:
                yield ast.BinOp(left=left, op=OPERATORS[type(operator)](), right=right)
            if isinstance(operator, ORDERED):
                yield ast.BinOp(left=right, op=operator, right=left)
            if isinstance(right, ast.Constant) and isinstance(operator, ast.Add | ast.Sub) and right.value:
                yield left  # a dropped eps, a dropped + 1
        case ast.AugAssign(target=target, op=operator, value=value) if type(operator) in OPERATORS:
            yield ast.AugAssign(target=target, op=OPERATORS[type(operator)](), value=value)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(op=ast.Or() if isinstance(operator, ast.And) else ast.And(), values=values)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value=value + 1)
            yield ast.Constant(value=value - 1)
        case ast.Constant(value=float() as value):
            yield ast.Constant(value=value + 1)
            yield ast.Constant(value=0.0 if value else 1.0)
        case ast.Call():
            yield from _mutate_call(node)
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(test=ast.UnaryOp(op=ast.Not(), operand=test), body=body, orelse=orelse)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test=test, body=orelse, orelse=body)
        case ast.Attribute(value=value, attr="T"):
            yield value
        case ast.Attribute(value=value, attr=name) if name in NEIGHBOURS:
            yield ast.Attribute(value=value, attr=NEIGHBOURS[name], ctx=ast.Load())
        case ast.Return(value=value) if value is not None:
            if isinstance(value, ast.Tuple) and len(value.elts) > 1:
                yield ast.Return(value=ast.Tuple(elts=value.elts[::-1], ctx=ast.Load()))
            else:
                yield ast.Return(value=ast.UnaryOp(op=ast.USub(), operand=value))


def _mutate_call(call: ast.Call) -> Iterator[ast.AST]:
    function, arguments, keywords = call.func, call.args, call.keywords
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    for i in range(len(arguments) - 1 if name not in COMMUTATIVE else 0):
        swapped = [*arguments[:i], arguments[i + 1], arguments[i], *arguments[i + 2 :]]
        yield ast.Call(func=function, args=swapped, keywords=keywords)
    for i in range(len(keywords)):
        yield ast.Call(func=function, args=arguments, keywords=keywords[:i] + keywords[i + 1 :])
    if isinstance(function, ast.Name) and name in NEIGHBOURS:
        yield ast.Call(func=ast.Name(id=NEIGHBOURS[name], ctx=ast.Load()), args=arguments, keywords=keywords)
    if name in UNWRAPPED and len(arguments) >= 1:
        yield arguments[0]


def _walk(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    yield path, node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield from _walk(child, (*path, (name, index)))


def _get(node: Any, path: Path) -> Any:
    for name, index in path:
        node = getattr(node, name)
        node = node if index is None else node[index]
    return node


def _put(root: ast.AST, path: Path, change: ast.AST | None) -> None:
    parent, (name, index) = _get(root, path[:-1]), path[-1]
    new = ast.Pass() if change is None else copy.deepcopy(change)
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new


def _statement(root: ast.AST, path: Path) -> str:
    """The innermost statement around a place, as source; of a compound one its first line."""
    for length in range(len(path), 0, -1):
        node = _get(root, path[:length])
        if isinstance(node, ast.stmt):
            return ast.unparse(node).split("\n")[0] if isinstance(node, ast.If | ast.For) else ast.unparse(node)
    raise ValueError("a path outside any statement")
