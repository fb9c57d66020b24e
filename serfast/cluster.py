"""Work on a Dask cluster: tasks of which few wait at a time, on workers that come, go and die.

The cluster is Dask's own (`pip install 'serfast[cluster]'`): serfast submits ordinary tasks, so
whatever starts Dask's workers (SLURM, Kubernetes, SSH …) serves. A task whose worker dies runs
again on another one; Dask gives up after some deaths, and the task has failed then.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import count, islice
from typing import Any, TypeVar

from ._checks import fail, json_value, small_file
from ._version import __version__
from .errors import ParameterError, SerfastError
from .forking import forks_wait
from .thread_warnings import collected_here

__all__ = [
    "DIED",
    "LOCAL",
    "WorkerDied",
    "check_client",
    "check_version",
    "completed",
    "connected",
    "large",
    "needed_distributed",
]

LOCAL = "local"
"""In the place of an address: workers on this machine, which end with the work."""

CONNECTING = 30
"""So long [s] a scheduler is waited for."""

DIED = "its worker died each time (memory, or a crash)"

AT_LEAST = 4
"""So many tasks are submitted even if there is no worker yet."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_numbers = count()


class WorkerDied(SerfastError):
    """A task's workers died, one after the other, until Dask gave up."""


def needed_distributed() -> Any:
    """Give Dask's module `distributed`; without it the message says what to install."""
    try:
        with forks_wait:
            import distributed  # optional: only a cluster needs it
    except ImportError as error:
        hint = "a cluster needs Dask: pip install 'serfast[cluster]'"
        raise ImportError(f"{hint} ({error})") from error
    return distributed


@contextmanager
def connected(address: str, n_workers: int = 1) -> Iterator[Any]:
    """Give a client of a cluster, which is closed in the end.

    Parameters
    ----------
    address : str
        A scheduler's address, such as ``tcp://10.0.0.1:8786``, the path of its JSON file, or
        "local".
    n_workers : int
        So many workers, of one thread each, a local cluster has. The others have what they have.

    Raises
    ------
    ImportError
        Dask's distributed is missing.
    ParameterError
        There is no scheduler at this address.
    """
    distributed = needed_distributed()
    if address == LOCAL:
        with (
            distributed.LocalCluster(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    where: dict[str, Any] = {"address": address}
    if address.endswith(".json"):
        where = {"scheduler_file": address}
        if not os.path.exists(address):  # Dask would wait for it
            fail("cluster", "an address, a scheduler's JSON file or local", address)
        about = json_value(address, small_file(address))
        if not isinstance(about, dict) or not isinstance(about.get("address"), str):
            fail("cluster", "a scheduler's JSON file with its address", address)
    try:
        client = distributed.Client(**where, timeout=CONNECTING)
    except (OSError, ValueError, TypeError) as error:
        rule = f"the address of a Dask scheduler, such as tcp://HOST:8786, or {LOCAL}"
        raise ParameterError(f"cluster must be {rule}, got {address!r}: {error}") from error
    with client:
        yield client


def check_client(client: Any) -> Any:
    """Give a client of Dask's distributed; anything else is refused.

    Raises
    ------
    ParameterError
        It is something else, is closed, or is one for `await`.
    """
    distributed = needed_distributed()
    if not isinstance(client, distributed.Client) or client.asynchronous:
        fail("client", "a distributed.Client that isn't asynchronous", client)
    if client.status != "running":
        fail("client", "a distributed.Client that is connected", client.status)
    return client


def check_version(version: str) -> None:
    """Refuse, on a worker, to work for another version of serfast: its numbers may differ.

    Raises
    ------
    ParameterError
    """
    if version != __version__:
        raise ParameterError(
            f"a worker must have serfast {version} as its client, has {__version__}"
        )


def completed(
    client: Any,
    function: Callable[..., Result],
    items: Iterable[Item],
    name: str,
    *shared: Any,
) -> Generator[tuple[Item, Result | WorkerDied], None, None]:
    """Each item with the result of its task, in the order in which the tasks end.

    Items are taken as workers need them, two for each of their threads, so that neither the client
    nor the scheduler holds all of them. Workers that join later are counted. What is running is
    cancelled when the caller goes on no more. What a task warns of, this process warns of.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        It is a function of a module that the workers have, too.
    items : iterable
        They can be pickled.
    name : str
        The tasks' name on Dask's dashboard.
    shared
        The function takes these behind each item; they may come from :func:`large`.

    Yields
    ------
    item
    result
        What the function gave; or WorkerDied, if the workers that tried died.

    Raises
    ------
    SerfastError
        The cluster has gone, or a worker can't run serfast's tasks.
    Exception
        Whatever a task has raised.
    """
    queue = needed_distributed().as_completed()
    running: dict[str, tuple[Item, Any]] = {}
    todo = iter(items)
    try:
        while True:
            room = max(AT_LEAST, 2 * sum(client.nthreads().values())) - len(running)
            for item in islice(todo, max(room, 0)):
                key = f"{name}-{os.getpid()}-{id(client)}-{next(_numbers)}"
                task = client.submit(_warned, function, item, *shared, key=key, pure=False)
                running[key] = item, task
                queue.add(task)
            if not running:
                return
            # no future is kept behind its result: if its worker died it would be computed again
            item, future = running.pop(next(queue).key)
            result = _result(future)
            del future
            if not isinstance(result, WorkerDied):
                result, messages = result
                for message in messages:
                    warnings.warn(message, stacklevel=2)
            yield item, result
    finally:
        if running:
            with suppress(Exception):  # the error before says more
                client.cancel([future for _, future in running.values()])


def _warned(function: Callable[..., Result], *arguments: Any) -> tuple[Result, list[str]]:
    """Give what a function gives, and what it has warned of, each once: what a worker does."""
    with collected_here() as messages:
        result = function(*arguments)
    return result, list(dict.fromkeys(messages))


@contextmanager
def large(client: Any, value: Item, name: str) -> Iterator[Any]:
    """Give what stands for a large value in tasks' arguments: each worker gets the value once.

    If the workers that have it die, the scheduler sends it to another one.
    """
    needed_distributed()
    with forks_wait:
        import dask  # optional: only a cluster needs it

    key = f"{name}-{os.getpid()}-{id(client)}-{next(_numbers)}"
    # it is as large as it is: Dask would warn of that
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"}):
        future = client.submit(_same, value, key=key, pure=False)
    del value  # the caller may have given away the last reference to it
    try:
        yield future
    finally:
        with suppress(Exception):  # the error before says more
            future.release()


def _same(value: Item) -> Item:
    return value


def _result(future: Any) -> Any:
    try:
        return future.result()
    except needed_distributed().KilledWorker:
        return WorkerDied(DIED)
    except CancelledError as error:
        raise SerfastError("the cluster has gone, or has cancelled the work") from error
    except ModuleNotFoundError as error:
        raise SerfastError(f"a worker lacks a package: {error}") from error
