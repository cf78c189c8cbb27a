"""Curved both ways, or an edge?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def corner_or_edge(dxx, dyy, dxy, ratio):
    """True where the two curvatures have one sign and differ by less than the ratio."""
    trace = dxx + dyy
    determinant = dxx * dyy - dxy**2
    return bool(determinant > 0 and trace**2 / determinant < (ratio + 1) ** 2 / ratio)


def _by_eigenvalues(dxx, dyy, dxy, ratio):
    low, high = sorted(np.abs(np.linalg.eigvalsh([[dxx, dxy], [dxy, dyy]])))
    return bool(dxx * dyy > dxy * dxy and high < ratio * low)


def _by_the_formula(dxx, dyy, dxy, ratio):
    middle, half = (dxx + dyy) / 2, np.sqrt(((dxx - dyy) / 2) ** 2 + dxy**2)
    a, b = middle + half, middle - half
    if a * b <= 0:
        return False
    return bool(max(a / b, b / a) < ratio)


def _saddles_too(dxx, dyy, dxy, ratio):
    determinant = dxx * dyy - dxy**2
    return bool((dxx + dyy) ** 2 / abs(determinant) < (ratio + 1) ** 2 / ratio)


def _edges_kept(dxx, dyy, dxy, ratio):
    determinant = dxx * dyy - dxy**2
    return not (determinant > 0 and (dxx + dyy) ** 2 / determinant < (ratio + 1) ** 2 / ratio)


def _plain_ratio(dxx, dyy, dxy, ratio):
    determinant = dxx * dyy - dxy**2
    return bool(determinant > 0 and (dxx + dyy) ** 2 / determinant < ratio)


def _trace_not_squared(dxx, dyy, dxy, ratio):
    determinant = dxx * dyy - dxy**2
    return bool(determinant > 0 and (dxx + dyy) / determinant < (ratio + 1) ** 2 / ratio)


def _sign_only(dxx, dyy, dxy, ratio):
    return dxx * dyy - dxy**2 > 0


def _without_the_mixed(dxx, dyy, dxy, ratio):
    return bool(dxx * dyy > 0 and (dxx + dyy) ** 2 / (dxx * dyy) < (ratio + 1) ** 2 / ratio)


def _mixed_not_squared(dxx, dyy, dxy, ratio):
    determinant = dxx * dyy - dxy
    return bool(determinant > 0 and (dxx + dyy) ** 2 / determinant < (ratio + 1) ** 2 / ratio)


def _cases(rng):
    yield -2.0, -1.0, 0.3, 10.0
    yield 1.0, 0.0, 0.0, 10.0
    yield 1.0, 1.0, 0.0, 1.0
    yield 0.02, 0.03, 0.005, 10.0
    for ratio in (10.0, 3.0):
        for sign in (1, -1):
            for share in (1.05, 1.5, 0.4 * ratio, 0.9 * ratio, 0.97 * ratio, 1.03 * ratio, 1.15 * ratio, 4 * ratio):
                for other in (1, -1):
                    low = sign * rng.uniform(0.3, 2)
                    high, turn = other * share * low, rng.uniform(0.2, 1.3)
                    c, s = np.cos(turn), np.sin(turn)
                    yield (
                        float(c * c * high + s * s * low),
                        float(s * s * high + c * c * low),
                        float(c * s * (high - low)),
                        ratio,
                    )


EXERCISE = Code(
    name="03.corner_or_edge",
    title="Curved both ways, or an edge?",
    text="""Write `corner_or_edge(dxx, dyy, dxy, ratio)`: `True` if the point may stay, `False` if it lies along an
edge. It may stay if $\\det > 0$ and $\\mathrm{tr}^2 / \\det < (r + 1)^2 / r$ (03.5), where $r$ is `ratio`,
$\\mathrm{tr}$ = `dxx + dyy`, and $\\det$ = `dxx * dyy` less the square of `dxy`.""",
    trains="trace and determinant",
    signature="dxx, dyy, dxy, ratio: numbers → True or False",
    reference=corner_or_edge,
    rights=(_by_eigenvalues, _by_the_formula),
    wrongs=(
        Wrong(
            _saddles_too,
            "the sign of the determinant is not looked at",
            "A negative determinant is a saddle: up one way, down the other. No extremum.",
        ),
        Wrong(
            _edges_kept,
            "the answer is turned round",
            "True is for the points that may stay.",
        ),
        Wrong(
            _plain_ratio,
            "trace² / determinant is compared with r itself",
            "If one curvature is r times the other, that fraction is (r + 1)² / r, not r.",
        ),
        Wrong(
            _trace_not_squared,
            "the trace is not squared",
            "Then the test would depend on how strong the contrast is.",
        ),
        Wrong(
            _sign_only,
            "only the sign of the determinant is looked at",
            "That drops the saddles. An edge has a positive determinant too: compare trace² / determinant as well.",
        ),
        Wrong(
            _without_the_mixed,
            "dxy is left out",
            "Without it only edges along rows and columns are seen. A slanted edge shows in dxy.",
        ),
        Wrong(
            _mixed_not_squared,
            "dxy is not squared",
            "The determinant of [[dxx, dxy], [dxy, dyy]] is dxx·dyy - dxy·dxy.",
        ),
    ),
    cases=_cases,
    hints=(
        "Compute the trace and the determinant first.",
        "determinant > 0 and trace**2 / determinant < (ratio + 1)**2 / ratio",
    ),
    takeaway="Trace and determinant tell how unequal two curvatures are without computing either.",
    minutes=7,
    difficulty=2,
    points=2,
)
