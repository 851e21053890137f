"""Work that takes longer than anybody waits for a page: it goes on beside, and a page says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock, Semaphore, Thread
from time import monotonic
from typing import Any, TypeVar, cast

Told = Callable[[str], None]
Result = TypeVar("Result")
AT_ONCE = 2  # cores are for the pages first
KEPT = 8  # results that somebody may ask for again


class StillWorking(Exception):
    """The work is not done yet; `page` shows it once it is, `said` is what goes on, for `seconds` by now."""

    def __init__(self, title: str, page: str, said: str, seconds: int) -> None:
        super().__init__(f"{title}: {seconds} s")
        self.title, self.page, self.said, self.seconds = title, page, said, seconds


@dataclass
class _Job:
    began: float = field(default_factory=monotonic)
    said: str = ""
    done: Event = field(default_factory=Event)
    result: Any = None
    problem: Exception | None = None


@dataclass
class Work:
    """All that goes on beside the pages of one application; `patience` is how long a page waits for it.

    Nothing of it outlives the process, so only such work belongs here as can be begun again from what is
    kept elsewhere: a page that is asked for after a restart begins it anew.
    """

    patience: float = 2.0
    _jobs: dict[Hashable, _Job] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _turns: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))

    def result(self, key: Hashable, do: Callable[[Told], Result], *, title: str, page: str) -> Result:
        """Return what `do` gives for this key; who asks while it is being done waits for the same.

        `do` is told how to say in Vietnamese what it does. What it raises is raised here, once; the next
        one who asks begins it anew.

        Raises:
            StillWorking: it takes longer than a page waits.
        """
        job = self._begun(key, do)
        if not job.done.wait(self.patience):
            raise StillWorking(title, page, job.said, int(monotonic() - job.began))
        if job.problem is not None:
            with self._lock:
                if self._jobs.get(key) is job:
                    del self._jobs[key]
            raise job.problem
        return cast("Result", job.result)

    def forget(self, key: Hashable) -> None:
        """Let the next one who asks begin anew, unless it is being done right now."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.done.is_set():
                del self._jobs[key]

    def running(self, key: Hashable) -> bool:
        """Tell whether it is being done right now."""
        with self._lock:
            job = self._jobs.get(key)
            return job is not None and not job.done.is_set()

    def failed(self, key: Hashable) -> Exception | None:
        """Return what became of work that ended without a result, once; None where it did not."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or not job.done.is_set() or job.problem is None:
                return None
            del self._jobs[key]
            return job.problem

    def _begun(self, key: Hashable, do: Callable[[Told], object]) -> _Job:
        with self._lock:
            job = self._jobs.pop(key, None)
            if job is None:
                job = _Job(said="Đang chờ đến lượt…")
                Thread(target=self._do, args=(job, do), name="work", daemon=True).start()
            self._jobs[key] = job  # the last asked for is the last to be forgotten
            done = [each for each, known in self._jobs.items() if known.done.is_set() and each != key]
            for each in done[:-KEPT]:
                del self._jobs[each]
            return job

    def _do(self, job: _Job, do: Callable[[Told], object]) -> None:
        def told(text: str) -> None:
            job.said = text or job.said

        try:
            with self._turns:
                job.said = ""
                job.result = do(told)
        except Exception as problem:
            job.problem = problem
        finally:
            job.done.set()
