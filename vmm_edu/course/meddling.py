"""A learner's code runs; whether it meddled with its checker instead of computing comes out.

Two nets. The first listens to events that Python itself reports (audit events): code made from text or from other code,
a look into callers' frames or at all objects there are, another process, the switching off of the checker's hook. The
second compares the checker's own modules before and after: a function or a class of it that was replaced is put back.
"""

from __future__ import annotations

import sys
from types import FrameType, FunctionType, ModuleType
from typing import Any

from vmm_edu.course.forbidden import is_library

# Events by what they do; those of the learner's own lines count, not those of the libraries that they call.
LOOKS = {
    "exec": "runs code that it makes from text",
    "compile": "makes code from text",
    "code.__new__": "makes code from other code",
    "function.__new__": "makes a function from other code",
    "object.__setattr__": "replaces the code of a function",
    "sys._getframe": "looks into its callers' frames",
    "sys._current_frames": "looks into its callers' frames",
    "sys.setprofile": "switches off the hook that the checker watches it with",
    "sys.settrace": "sets a hook of its own",
    "gc.get_objects": "searches all objects there are",
    "gc.get_referrers": "searches all objects there are",
    "gc.get_referents": "searches all objects there are",
    "_thread.start_new_thread": "starts a thread",
}
# These count when a learner's line leads to them through Python's own modules for it.
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn")
STARTERS = (
    "subprocess.py",
    "os.py",
    "<frozen os>",
    "popen_fork.py",
    "popen_spawn_posix.py",
    "process.py",
    "context.py",
)
PROCESS = "starts another process"

HEARD = frozenset((*LOOKS, *STARTS))

_LISTENING: list[Listener] = []  # an audit hook stays for ever, so there is one that asks who is listening
_BUSY: list[bool] = []  # looking at frames is an event too
_HOOKED: list[bool] = []


class Listener:
    """While entered, notes in `seen` what the learner's lines do that no answer needs."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __enter__(self) -> Listener:
        """Begins to listen."""
        if not _HOOKED:
            _HOOKED.append(True)
            _install()
        _LISTENING.append(self)
        self.rearm()
        return self

    def rearm(self) -> None:
        """Listens again after an error that the hook may have died of: too deep a recursion leaves no room for it."""
        _BUSY.clear()

    def __exit__(self, *error: object) -> None:
        """Stops listening."""
        _LISTENING.remove(self)

    def hear(self, event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> None:
        """Notes an event of the learner's own lines.

        Args:
            event: Its name.
            arguments: What Python tells about it.
            frame: Where it happened.
        """
        if event in STARTS:
            while frame and frame.f_code.co_filename.endswith(STARTERS):
                frame = frame.f_back
        elif event == "object.__setattr__" and arguments[1] != "__code__":
            return
        if frame and not is_library(frame.f_code.co_filename):
            self.seen.append(LOOKS.get(event, PROCESS))


def _install() -> None:
    heard, listening, busy, here = HEARD, _LISTENING, _BUSY, sys._getframe

    def note(event: Any, arguments: Any, frame: Any) -> None:
        try:
            listening[-1].hear(event, arguments, frame)
        finally:
            busy.clear()

    # Called hundreds of thousands of times in one check, so it only looks whether there is something to look at. A
    # lambda, because what wraps a function in a test run would stand between it and its caller.
    sys.addaudithook(
        lambda event, arguments: (
            (busy.append(True), note(event, arguments, here().f_back))
            if event in heard and listening and not busy
            else None
        )
    )


class Seal:
    """The checker's own modules, classes and functions as they are now, and the declaration of an exercise.

    Args:
        exercise: The declaration.
    """

    def __init__(self, exercise: object) -> None:
        self._exercise = vars(exercise), dict(vars(exercise))
        self._modules: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._classes: list[tuple[type, dict[str, Any]]] = []
        self._codes: list[tuple[FunctionType, Any]] = []
        for name, module in list(sys.modules.items()):
            own = name.startswith("vmm_edu.course.") and ".exercises." not in name
            if not isinstance(module, ModuleType) or not (own or name == "numpy"):
                continue
            self._modules.append((vars(module), dict(vars(module))))
            for thing in vars(module).values() if own else ():
                if isinstance(thing, FunctionType):
                    self._codes.append((thing, thing.__code__))
                elif isinstance(thing, type) and thing.__module__.startswith("vmm_edu.course."):
                    self._classes.append((thing, dict(vars(thing))))

    def mend(self) -> bool:
        """Puts back what was replaced since; True where something was."""
        broken = False
        for now, before in (*self._modules, self._exercise):
            changed = {name: value for name, value in before.items() if now.get(name, self) is not value}
            now.update(changed)
            broken |= bool(changed)
        for kind, before in self._classes:
            for name, value in before.items():
                if vars(kind).get(name, self) is not value and name not in ("__dict__", "__weakref__"):
                    setattr(kind, name, value)
                    broken = True
        for function, code in self._codes:
            if function.__code__ is not code:
                function.__code__ = code
                broken = True
        return broken
