"""What differs from run to run made the same: random numbers come from a seed, and local time is UTC."""

import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

TORCHS = 0  # the seed of PyTorch, where it is loaded already and where it is not


@contextmanager
def repeatable(seed: str, others: set[int | None]) -> Iterator[None]:
    """In here random numbers follow from a seed, those of a generator that was given none too, and the zone is UTC.

    others: threads to which all is as ever. Whoever calls this puts back the state of the shared generators.
    """
    source, urandom, seeded = random.Random(seed), os.urandom, random.Random.seed

    def entropy(size: int) -> bytes:
        return urandom(size) if threading.get_ident() in others else source.randbytes(size)

    def seed_it(generator: random.Random, a: Any = None, version: int = 2) -> None:
        seeded(generator, int.from_bytes(entropy(16)) if a is None else a, version)

    def seed_shared(a: Any = None, version: int = 2) -> None:
        seed_it(shared, a, version)

    shared = vars(random)["_inst"]
    with ExitStack() as stack:
        stack.enter_context(_in_utc())
        for place, name, instead in (
            (os, "urandom", entropy),
            (random, "_urandom", entropy),  # SystemRandom's, and through it that of NumPy
            (random.Random, "seed", seed_it),
            (random, "seed", seed_shared),
        ):
            stack.enter_context(swapped(place, name, instead))
        random.seed(number := source.getrandbits(32))
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed(number)
        if torch := sys.modules.get("torch"):
            torch.manual_seed(TORCHS)
        yield


@contextmanager
def swapped(place: object, name: str, instead: object) -> Iterator[None]:
    """An attribute as something else, meanwhile."""
    before = getattr(place, name)
    setattr(place, name, instead)
    try:
        yield
    finally:
        setattr(place, name, before)


@contextmanager
def _in_utc() -> Iterator[None]:
    """Local time is UTC; where a system cannot, it stays as it is. Whoever calls this puts back the environment."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = before
        if hasattr(time, "tzset"):
            time.tzset()
