"""Every address that answers a GET, as one role that may see it, and as others whose page is another one.

Pages of two roles that are about as long hold about the same and take about as long, so that one of them is
measured: with one ward, while others write. What is left out is counted in what is printed.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from config.embedded_server import EmbeddedServer
from services.setup import PACKAGED
from tests.bench.office import new_database
from tests.bench.province import MACHINE, ROLES, Place, fill
from tests.bench.serving import BEFORE, CLIENTS, Client, Measured, memory_mb, ours, writing
from web import app
from web.api.app import PARTS, PREFIX
from web.style import style
from web.templating import STATIC

GOALS = {1: 100, 114: 200}  # wards in the database, and what 19 of 20 answers are to stay below, in ms
FIRST_PAGE_KB = 100
EACH, SECONDS = 4, 0.5  # each visitor asks so often, or for so long
SLOWEST, LONGER = 5, 8  # how many are looked at once more, and how often each asks for them
ALIKE = 0.15  # by how much of its length the page of a role may differ from one that is measured
NOBODY = "-"
# Pages that are also asked for with a question, beside the bare address.
ASKED = {
    "/": ("unit=trung-tam-phuc-vu-hanh-chinh-cong",),
    "/tasks": ("q=ke+hoach",),
    "/search": ("q=ke+hoach+cchc", "q=3/2026"),
    "/calendar": ("view=year",),
    "/audit": ("task=II.3",),
}
DOCUMENT = sha256(PACKAGED.read_bytes()).hexdigest()
FIXED = {
    "sha256": DOCUMENT,
    "role": "don-vi",
    "stage": "plan",
    "guide": "don-vi",
    "picture": "task",
}


@dataclass
class Line:
    """One page as one role sees it, and what was measured: by wards, and whether others write."""

    path: str
    role: str
    size: int = 0
    length: int = 0  # of the first answer
    found: dict[tuple[int, bool], Measured] = field(default_factory=dict)

    @property
    def worst(self) -> float:
        """Return the largest share of a goal that it takes."""
        return max(one.p95_ms / GOALS[wards] for (wards, _), one in self.found.items())

    @property
    def name(self) -> str:
        """Return how it is called among others."""
        return f"{self.path} ({self.role})"


@dataclass
class Office:
    """A running server, and who asks it, each for their own ward."""

    client: Client
    url: str
    port: int
    pid: int
    database: int
    wards: int
    places: Sequence[Place]

    def request(self, line: Line, place: Place) -> str:
        """Return what a visitor sends."""
        values = {name: quote(str(value), safe="") for name, value in {**FIXED, **place.ids}.items()}
        path = line.path.format_map(defaultdict(lambda: "1", values))  # a new page is left out by name
        path += f"?name={PACKAGED.name}" if "{digest}" in line.path else ""
        head = f"\r\n{place.headers[line.role]}" if line.role in place.headers else ""
        return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1{head}\r\n\r\n"

    def measure(self, line: Line, *, writes: bool, each: int = EACH) -> None:
        """Ask for the page with all visitors at once."""
        requests = [self.request(line, place) for place in self.places]
        line.found[self.wards, writes] = found = self.client.measure(
            self.port, self.pid, requests, each=each, seconds=SECONDS * each / EACH, database=self.database
        )
        line.size = max(line.size, found.size)


@contextmanager
def town(running: EmbeddedServer, client: Client, wards: int) -> Iterator[Office]:
    """Serve the pages before a database of so many wards."""
    data = Path(tempfile.mkdtemp(prefix="cchc-bench-"))
    try:
        url = new_database(running, f"town{wards}")
        places = fill(url, data, wards, CLIENTS)
        main = int((running.data / "pgdata" / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
        with ours(url, data) as (port, pid):
            yield Office(client, url, port, pid, main, wards, places)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@dataclass
class Lines:
    """All pages that were found."""

    known: dict[tuple[str, str], Line] = field(default_factory=dict)
    left_out: Counter[int] = field(default_factory=Counter)
    not_asked: dict[int, int] = field(default_factory=dict)  # by wards: pages of a role, for another's alike

    def walk(self, office: Office) -> None:
        """Measure every page as one role while nothing changes, and again while others write.

        With the first number of wards the other roles whose page is another one come to it. The slowest are
        measured once more, for longer.
        """
        begin = memory_mb(office.pid)
        there = [line for path, roles in addresses() for line in self._there(office, path, roles)]
        alone = list({line.path: line for line in reversed(there)}.values())
        unlike = self._unlike(there) if office.wards == min(GOALS) else alone
        self.not_asked[office.wards] = len(there) - len(unlike)
        _all(office, alone, writes=False)
        with writing(office.url):
            _all(office, unlike, writes=True)
        print(
            f"the server's memory: {begin} MB at first, {memory_mb(office.pid)} MB after all pages",
            flush=True,
        )

    def _unlike(self, there: Sequence[Line]) -> list[Line]:
        """Return of each page those that differ in length from all before them."""
        found: list[Line] = []
        for line in there:
            known = [each.length for each in found if each.path == line.path]
            if all(abs(line.length - each) > ALIKE * each for each in known):
                found.append(line)
        return found

    def _there(self, office: Office, path: str, roles: Sequence[str]) -> Iterator[Line]:
        for role in roles:
            line = self.known.get((path, role), Line(path, role))
            answer = office.client.look(office.port, office.request(line, office.places[0]))
            status, line.length = answer.status, len(answer.body)
            if status in {200, 409}:  # a decision that is refused is shown with why
                self.known[path, role] = line
                yield line
            else:
                self.left_out[status] += 1
                if status not in {303, 403}:
                    print(f"left out, as it is answered with {status}: {line.name}")

    def tell(self) -> None:
        """Print each page, slowest first, and those above the goal by name."""
        found = [line for line in self.known.values() if line.found]
        lines = sorted(found, key=lambda line: line.worst, reverse=True)
        kinds = [(wards, writes) for wards in GOALS for writes in (False, True)]
        print(
            f"\n{len(lines)} pages and roles, {CLIENTS} clients ({_plainly(self.left_out)}), in ms: half the"
            " answers, 19 of 20, computed a page by the server / by the database"
        )
        print(
            f"sampled: each page as the first role that may see it; with {min(GOALS)} ward, while others"
            f" write, as others, too, whose page differs by more than {ALIKE:.0%} in length. Left out so:"
            f" {', '.join(f'{count} with {wards}' for wards, count in self.not_asked.items())}. Each client"
            f" asks {EACH} times, for {SECONDS} s at most, after {BEFORE} that don't count; for the {SLOWEST}"
            f" slowest {LONGER} times"
        )
        heads = "".join(
            f"{wards} wards{', others write' if writes else '':16}".ljust(30) for wards, writes in kinds
        )
        print(f"{'page':41}{'role':9}{'KB':>4}   {heads}")
        for line in lines:
            cells = "".join(_cell(line.found.get(kind)) for kind in kinds)
            print(f"{line.path:41.41}{line.role:9}{line.size / 1024:4.0f} {cells}")
        for wards, writes in kinds:
            above = [
                line.name
                for line in lines
                if (one := line.found.get((wards, writes))) and one.p95_ms >= GOALS[wards]
            ]
            what = "while others write" if writes else "while nothing changes"
            print(
                f"{wards} wards, {what}: {len(above)} reach {GOALS[wards]} ms: {'; '.join(above) or 'none'}"
            )
        shares = [one.client for line in lines for one in line.found.values()] or [0]
        print(f"asking took {sum(shares) / len(shares):.0%} of a core beside the server and the database")
        self._tell_first_pages()

    def _tell_first_pages(self) -> None:
        """Print what a browser loads that was never here before."""
        rest = len(style()) + (STATIC / "app.js").stat().st_size
        sizes = {line.role: line.size + rest for line in self.known.values() if line.path == "/"}
        told = ", ".join(f"{role} {size / 1024:.0f}" for role, size in sorted(sizes.items()))
        print(f"first page with style and script, KB (goal < {FIRST_PAGE_KB}): {told}")


def _all(office: Office, lines: Sequence[Line], *, writes: bool) -> None:
    begun = time.monotonic()
    for line in lines:
        office.measure(line, writes=writes)
    slowest = sorted(lines, key=lambda line: line.found[office.wards, writes].p95_ms)[-SLOWEST:]
    for line in slowest:
        office.measure(line, writes=writes, each=LONGER)
    what = "while others write" if writes else "while nothing changes"
    print(f"{office.wards} wards, {what}: {len(lines)} pages in {time.monotonic() - begun:.0f} s", flush=True)


def addresses() -> Iterator[tuple[str, Sequence[str]]]:
    """Yield every address that answers a GET, and who is to ask for it."""
    for part in app.PAGES:
        for path in _gets(part.router.routes):
            yield path, ROLES
            for asked in ASKED.get(path, ()):
                yield f"{path}?{asked}", ROLES
    for path in ("/login", "/reset", "/healthz"):
        yield path, (NOBODY,)
    yield "/metrics", (MACHINE,)
    for part in PARTS:
        for path in _gets(part.router.routes):
            yield PREFIX + path, (MACHINE,)


def _gets(routes: Sequence[object]) -> list[str]:
    return [route.path for route in routes if "GET" in (getattr(route, "methods", None) or ())]  # type: ignore[attr-defined] # a route with methods has a path


def _plainly(left_out: Counter[int]) -> str:
    return ", ".join(f"{count} answered with {status}" for status, count in sorted(left_out.items()))


def _cell(one: Measured | None) -> str:
    if one is None:
        return " " * 30
    return f"{one.p50_ms:7.0f}{one.p95_ms:6.0f}{one.processor_ms:7.1f} /{one.database_ms:5.1f}   "
