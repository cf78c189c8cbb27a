"""A function and the names it must not use in; the first one that it uses out.

Where an exercise asks to build a thing, calling the library's own is no answer. Three nets catch it, each with holes
that another one covers: the bytecode of the function and of the learner's helpers is read before the call; during the
call the library's attribute is a tripwire; and a profile hook sees every Python function that starts, the model answer
included, by whatever road it was reached.
"""

from __future__ import annotations

import builtins
import dis
import functools
import importlib
import inspect
import os
import sys
import sysconfig
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

PATHS = {sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
PATHS.add(str(Path(__file__).resolve().parent.parent))
LIBRARIES = tuple(path + os.sep for path in PATHS)
ANSWER = "the model answer"
CHECKER = "the checker's own hook"


def is_library(filename: str) -> bool:
    """True for code of Python, an installed library or this package; False for what a learner wrote."""
    return filename.startswith((*LIBRARIES, "<frozen")) or "site-packages" in filename


def used_by(function: Any, forbidden: Iterable[str]) -> str | None:
    """Reads the bytecode of `function` and of the learner's own helpers for a forbidden name.

    Args:
        function: Not called.
        forbidden: Dotted names such as "numpy.cumsum".
    """
    # Of several with one ending, numpy.fft.fft and jax.numpy.fft.fft, the first is named.
    names = {name.rpartition(".")[2]: name for name in reversed(tuple(forbidden))}
    objects = {id(thing): name for name in forbidden for _, _, thing in _resolve(name)}
    todo: list[Any] = [function]
    done: set[int] = set()
    while todo:
        thing = todo.pop()
        while isinstance(thing, functools.partial):
            todo += [*thing.args, *thing.keywords.values()]
            thing = thing.func
        if id(thing) in objects:
            return objects[id(thing)]
        plain = _python_function(thing)
        if plain is None or id(plain) in done or is_library(plain.__code__.co_filename):
            continue
        done.add(id(plain))
        for cell in plain.__closure__ or ():
            with_value = inspect.getattr_static(cell, "cell_contents", None) is not None
            if with_value and cell.cell_contents is not None:
                todo.append(cell.cell_contents)
        todo += plain.__defaults__ or ()
        for instruction in _instructions(plain.__code__):
            name = str(instruction.argval)
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                todo.append(plain.__globals__.get(name, getattr(builtins, name, None)))
            elif name in names and instruction.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
                return names[name]
    return None


class Tripwire:
    """Stands in for a library's function and notes when a learner's code calls it; all else is the function's own.

    Args:
        thing: The function.
        name: Its dotted name.
        seen: Where to note it.
    """

    def __init__(self, thing: Any, name: str, seen: list[str]):
        self._thing, self._name, self._seen = thing, name, seen

    def __getattr__(self, attribute: str) -> Any:
        """The function's own attribute."""
        return getattr(self._thing, attribute)

    def _called_by(self, frame: FrameType) -> Any:
        if not is_library(frame.f_code.co_filename):
            self._seen.append(self._name)
        return self._thing

    # A lambda, because what wraps a function in a test run would stand between it and its caller.
    __call__ = lambda self, *args, **kwargs: self._called_by(sys._getframe(1))(*args, **kwargs)  # noqa: E731


class Watch:
    """While entered, notes in `seen` what a learner's code uses that it must not.

    Args:
        forbidden: Dotted names.
        answers: Functions that hold the answer: the reference and the other right ones.
    """

    def __init__(self, forbidden: Iterable[str], answers: Iterable[Any]):
        self.seen: list[str] = []
        self._places = [(*place, name) for name in forbidden for place in _resolve(name)]
        self._codes: dict[int, str] = {}
        for answer in answers:
            if (plain := _python_function(answer)) is not None:
                self._codes[id(plain.__code__)] = ANSWER
        for _, _, thing, name in self._places:
            self._codes[id(thing)] = name  # builtins come to the hook as they are
            if (plain := _python_function(thing)) is not None:
                self._codes[id(plain.__code__)] = name

    def __enter__(self) -> Watch:
        """Sets the tripwires."""
        for owner, attribute, thing, name in self._places:
            if owner is not builtins:  # the hook sees those; the whole process uses them
                setattr(owner, attribute, Tripwire(thing, name, self.seen))
        codes, note = self._codes, self._note
        # Runs at every call of anything, so it only looks whether there is something to look at.
        self._hook = lambda frame, event, argument: (
            note(frame, event, argument) if id(frame.f_code) in codes or id(argument) in codes else None
        )
        self._before = sys.getprofile()
        sys.setprofile(self._hook)
        threading.setprofile(self._hook)  # for threads that the answer starts
        return self

    def rearm(self) -> None:
        """Sets the hook again after an error that it may have died of: too deep a recursion leaves no room for it."""
        sys.setprofile(self._hook)

    def __exit__(self, *error: object) -> None:
        """Takes them away again."""
        if sys.getprofile() is not self._hook:
            self.seen.append(CHECKER)
        sys.setprofile(self._before)
        threading.setprofile(self._before)  # type: ignore[arg-type]
        for owner, attribute, thing, _ in self._places:
            setattr(owner, attribute, thing)

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        name, caller = None, frame.f_back
        if event == "call":
            name = self._codes.get(id(frame.f_code))
        elif event == "c_call":
            name, caller = self._codes.get(id(argument)), frame
        # A library may well use the forbidden function for its own ends; the model answer is nobody's.
        if name == ANSWER or (name and caller is not None and not is_library(caller.f_code.co_filename)):
            self.seen.append(name)


def _resolve(name: str) -> Iterator[tuple[Any, str, Any]]:
    """Owner, attribute and object of a dotted name; nothing while its module is not imported by anyone."""
    path, _, attribute = name.rpartition(".")
    owner: Any = sys.modules.get(path)
    if owner is None and (parent := sys.modules.get(path.rpartition(".")[0])) is not None:
        owner = getattr(parent, path.rpartition(".")[2], None)
    if isinstance(owner, ModuleType) and hasattr(owner, attribute):
        yield owner, attribute, getattr(owner, attribute)


def exists(name: str) -> bool:
    """Whether a dotted name can be imported; declarations are tested with it."""
    path, _, attribute = name.rpartition(".")
    return hasattr(importlib.import_module(path), attribute)


def _python_function(thing: Any) -> FunctionType | None:
    """The Python function inside a jitted, wrapped, partial or bound one, or the call of an object."""
    while isinstance(thing, functools.partial):
        thing = thing.func
    if isinstance(thing, type | ModuleType):
        return None
    if callable(thing):
        thing = inspect.unwrap(thing)
        thing = getattr(thing, "__func__", thing)
    if isinstance(thing, FunctionType):
        return thing
    call = inspect.getattr_static(type(thing), "__call__", None)
    return call if isinstance(call, FunctionType) else None


def _instructions(code: CodeType) -> Iterator[dis.Instruction]:
    yield from dis.get_instructions(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _instructions(constant)
