"""How long somebody is kept waiting by a cluster that does not answer: nobody is asked twice, and nobody hangs."""

import re
import socket
from collections.abc import Callable
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar
from urllib.request import getproxies

from policykit.engines.sql_refusal import DatabaseRefusedError

T = TypeVar("T")

KNOCKING = 10
"""Seconds for an address to take a connection."""

STARTING = 180
"""Seconds for a session to be ready. Some clusters start only when they are asked, and need longer: try again then."""

_ADDRESSES = re.compile(r"(spark|sc)://([^/;]+)")
_PORTS = {"spark": 7077, "sc": 15002}


def knock(url: str) -> None:
    """See whether somebody listens where a URL says; Spark itself would wait for minutes. Raises DatabaseRefusedError.

    A cluster may have several masters, with commas between them: one is enough. Behind a proxy only Spark can knock.
    """
    found = None if getproxies() else _ADDRESSES.match(url)
    if found and not any(_listens(address, _PORTS[found[1]]) for address in found[2].split(",")):
        raise DatabaseRefusedError("nobody answers at the address of the cluster")


def in_time(work: Callable[[], T]) -> T:
    """What the work gives, or the error that it raises; where it takes too long it is left behind.

    Raises DatabaseRefusedError, too, when the time is over.
    """
    done: SimpleQueue[tuple[T, None] | tuple[None, Exception]] = SimpleQueue()
    Thread(target=_carry_out, args=(work, done), daemon=True).start()
    try:
        result, error = done.get(timeout=STARTING)
    except Empty:
        raise DatabaseRefusedError("the cluster does not answer; where it has yet to start, try again later") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value] # without an error there is a result


def _carry_out(work: Callable[[], T], done: "SimpleQueue[tuple[T, None] | tuple[None, Exception]]") -> None:
    try:
        done.put((work(), None))
    except Exception as error:  # noqa: BLE001 - whoever waits raises it again
        done.put((None, error))


def _listens(address: str, port: int) -> bool:
    host, _, given = address.rpartition("@")[2].partition(":")
    try:
        with closing(socket.create_connection((host, int(given or port)), timeout=KNOCKING)):
            return True
    except (OSError, ValueError):
        return False
