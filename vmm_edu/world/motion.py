"""A dropped object: when it touches the floor and how high it is in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

GRAVITY_PX_S2 = 160.0  # Pixels are about six centimetres: 9.81 m/s² in a room 4 m high.


@dataclass(frozen=True)
class Drop:
    """One fall with its rebounds.

    Attributes:
        height_px: Clearance of the object's lower edge above the floor before the fall.
        release_s: When it is let go.
        bounciness: Share of speed kept at each contact, 0…1.
    """

    height_px: float
    release_s: float
    bounciness: float

    @property
    def fall_s(self) -> float:
        """Time from release to the first contact, √(2h/g)."""
        return float(np.sqrt(2 * self.height_px / GRAVITY_PX_S2))

    def contacts(
        self, *, end_s: float, shortest_s: float = 1 / 12
    ) -> tuple[Float[np.ndarray, " contact"], Float[np.ndarray, " contact"]]:
        r"""Times of contact and the speeds there, as a share of the first.

        $t_1 = t_0 + \sqrt{2h/g}$ and then $\Delta t_n = 2 e^n \sqrt{2h/g}$.

        Args:
            end_s: Contacts from here on are left out.
            shortest_s: Flights shorter than this are taken as rest.

        Returns:
            Times (s) and relative speeds, 1 at first.
        """
        times, speeds = [self.release_s + self.fall_s], [1.0]
        while (flight_s := 2 * self.bounciness ** len(times) * self.fall_s) >= shortest_s:
            times.append(times[-1] + flight_s)
            speeds.append(self.bounciness ** (len(times) - 1))
        keep = np.array(times) < end_s
        return np.array(times)[keep], np.array(speeds)[keep]

    def clearance(self, times_s: Float[np.ndarray, " time"]) -> Float[np.ndarray, " time"]:
        """Height of the lower edge above the floor at each time, pixels."""
        times, speeds = self.contacts(end_s=np.inf)
        falling = np.maximum(times_s - self.release_s, 0.0)
        height = self.height_px - GRAVITY_PX_S2 / 2 * falling**2
        last = np.searchsorted(times, times_s, side="right") - 1
        since = times_s - times[np.maximum(last, 0)]
        upward = GRAVITY_PX_S2 * self.fall_s * speeds[np.maximum(last, 0)] * self.bounciness
        flight = upward * since - GRAVITY_PX_S2 / 2 * since**2
        flight = np.where(last == len(times) - 1, 0.0, flight)
        return np.maximum(np.where(last < 0, height, flight), 0.0)


def squash(
    times_s: Float[np.ndarray, " time"],
    contacts_s: Float[np.ndarray, " contact"],
    speeds: Float[np.ndarray, " contact"],
    *,
    frame_s: float,
) -> Float[np.ndarray, " time"]:
    """How much the object is flattened at each frame: the speed of a contact in the frame nearest to it, else 0."""
    amount = np.zeros(len(times_s))
    for contact_s, speed in zip(contacts_s, speeds, strict=True):
        nearest = int(np.argmin(np.abs(times_s - contact_s)))
        if abs(times_s[nearest] - contact_s) <= frame_s / 2 + 1e-9:
            amount[nearest] = max(amount[nearest], speed)
    return amount
