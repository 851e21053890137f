"""A small client of Prefect's REST API; it imports nothing of Prefect, which takes two seconds and 100 MB."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from domain.errors import SystemFault
from flows.prefect_shapes import Deployment, NewRun, Run, deployment_from, run_from, scheduled

PAGE = 200  # the server's own limits, for one answer and for its bulk requests
CREATE_AT_ONCE = 100
SET_AT_ONCE = 50
LIVE = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")

Item = TypeVar("Item")


class PrefectDown(SystemFault):
    """Prefect does not answer, or answers that it can't now; trying again later is right."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Prefect does not answer: {why}",
            "Prefect chưa chạy hoặc không phản hồi. Dữ liệu công việc vẫn nguyên vẹn; "
            "hãy xem “cchc status” rồi làm lại sau ít phút.",
        )


class PrefectRefused(SystemFault):
    """Prefect understood the request and refuses it."""

    def __init__(self, request: str, status: int, answer: str) -> None:
        self.status = status
        super().__init__(
            f"Prefect refused {request} with {status}: {answer}",
            f"Prefect từ chối yêu cầu {request} (mã {status}). Chi tiết: {answer}",
        )


class PrefectApi:
    """Requests to one Prefect server; safe to share between threads.

    Every method but `healthy` may raise `PrefectDown` and `PrefectRefused`.
    """

    def __init__(self, url: str, *, auth: str | None = None, timeout: float = 30.0) -> None:
        user, colon, password = (auth or "").partition(":")
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            auth=(user, password) if colon else None,
            trust_env=False,  # a proxy of this machine has no business between us
        )
        self._flows: dict[str, str] = {}

    @classmethod
    def from_environment(cls) -> Self:
        """Make a client of the server that `PREFECT_API_URL` names.

        Raises:
            SystemFault: it is not set.
        """
        url = os.environ.get("PREFECT_API_URL")
        if not url:
            raise SystemFault("PREFECT_API_URL is not set", "Chưa đặt địa chỉ của Prefect (PREFECT_API_URL).")
        return cls(url, auth=os.environ.get("PREFECT_API_AUTH_STRING"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def healthy(self) -> bool:
        """Say whether the server answers."""
        try:
            return self._http.get("/health", timeout=2.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def ensure_work_pool(self, name: str, kind: str, concurrency: int) -> bool:
        """Make the work pool unless it is there, and say whether it was made; what people set in it stays."""
        body = {"name": name, "type": kind, "concurrency_limit": concurrency}
        made = self._send("POST", "/work_pools/", body, accept=(httpx.codes.CONFLICT,))
        return made.status_code != httpx.codes.CONFLICT

    def deployments(self, flows: Sequence[str]) -> dict[UUID, Deployment]:
        """Return every deployment of these flows."""
        chosen = {"flows": {"name": {"any_": list(flows)}}}
        names = {str(flow["id"]): str(flow["name"]) for flow in self._pages("/flows/filter", chosen)}
        found = self._pages("/deployments/filter", {**chosen, "sort": "NAME_ASC"})
        return {UUID(each["id"]): deployment_from(each, names) for each in found}

    def save_deployment(self, wanted: Deployment) -> UUID:
        """Make the deployment, or change the one of that name; the runs made from it stay."""
        if wanted.flow not in self._flows:
            self._flows[wanted.flow] = str(self._send("POST", "/flows/", {"name": wanted.flow}).json()["id"])
        try:
            return self._saved(wanted)
        except PrefectRefused:  # the flow that we remember may be gone with the server's database
            self._flows[wanted.flow] = str(self._send("POST", "/flows/", {"name": wanted.flow}).json()["id"])
            return self._saved(wanted)

    def delete_deployment(self, deployment: UUID) -> None:
        """Remove a deployment; its runs stay, and one that is gone already is no error."""
        self._send("DELETE", f"/deployments/{deployment}", accept=(httpx.codes.NOT_FOUND,))

    def create_runs(self, deployment: UUID, runs: Sequence[NewRun]) -> list[UUID]:
        """Make runs of a deployment and return their ids; one whose key is known already stays as it is."""
        made: list[UUID] = []
        for some in _portions(runs, CREATE_AT_ONCE):
            body = [run.to_json() for run in some]
            answer = self._send("POST", f"/deployments/{deployment}/create_flow_run/bulk", body)
            for result in answer.json()["results"]:
                if result["status"] != "CREATED":
                    raise PrefectRefused("create_flow_run", answer.status_code, str(result["error"]))
                made.append(UUID(result["flow_run_id"]))
        return made

    def live_runs(self, flow: str) -> list[Run]:
        """Return the runs of a flow that are not over."""
        return self._runs(flow, {"state": {"type": {"any_": list(LIVE)}}})

    def runs_by_key(self, flow: str, keys: Sequence[str]) -> list[Run]:
        """Return the runs of a flow that were made with these keys, over or not."""
        found: list[Run] = []
        for some in _portions(keys, PAGE):
            found += self._runs(flow, {"idempotency_key": {"any_": list(some)}})
        return found

    def resume(self, runs: Sequence[UUID]) -> set[UUID]:
        """Start paused runs again; one that is not paused any more is left alone. Return which started."""
        return self._set_states(runs, scheduled(datetime.now(UTC), "Resuming"), only_in="PAUSED")

    def reschedule(self, runs: Sequence[UUID], at: datetime) -> set[UUID]:
        """Force runs to start from the top at `at`, whatever became of them before."""
        return self._set_states(runs, scheduled(at))

    def cancel(self, runs: Sequence[UUID]) -> set[UUID]:
        """Force runs to be cancelled."""
        return self._set_states(runs, {"type": "CANCELLED"})

    def rename(self, run: UUID, name: str) -> None:
        """Give a run another name."""
        self._send("PATCH", f"/flow_runs/{run}", {"name": name})

    def delete_run(self, run: UUID) -> None:
        """Remove a run; one that is gone already is no error."""
        self._send("DELETE", f"/flow_runs/{run}", accept=(httpx.codes.NOT_FOUND,))

    def _saved(self, wanted: Deployment) -> UUID:
        body = wanted.to_json(self._flows[wanted.flow])
        return UUID(self._send("POST", "/deployments/", body).json()["id"])

    def _set_states(
        self, runs: Sequence[UUID], state: Mapping[str, Any], only_in: str | None = None
    ) -> set[UUID]:
        """Set the state of runs: by Prefect's rules from the one state type, or by force from any."""
        accepted: set[UUID] = set()
        for some in _portions(runs, SET_AT_ONCE):
            chosen: dict[str, Any] = {"id": {"any_": [str(run) for run in some]}}
            if only_in:
                chosen["state"] = {"type": {"any_": [only_in]}}
            body = {"flow_runs": chosen, "state": state, "force": only_in is None, "limit": SET_AT_ONCE}
            results = self._send("POST", "/flow_runs/bulk_set_state", body).json()["results"]
            accepted |= {UUID(each["flow_run_id"]) for each in results if each["status"] == "ACCEPT"}
        return accepted

    def _runs(self, flow: str, chosen: Mapping[str, Any]) -> list[Run]:
        body = {"flows": {"name": {"any_": [flow]}}, "flow_runs": chosen, "sort": "ID_DESC"}
        return [run_from(each) for each in self._pages("/flow_runs/filter", body)]

    def _pages(self, path: str, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._send("POST", path, {**body, "limit": PAGE, "offset": offset}).json()
            yield from page
            offset += len(page)
            if len(page) < PAGE:
                return

    def _send(
        self, method: str, path: str, body: Any = None, *, accept: Container[int] = ()
    ) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as problem:
            raise PrefectDown(f"{type(problem).__name__}: {problem}") from problem
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise PrefectDown(f"{method} {path} gives {answer.status_code}")
        if answer.is_error and answer.status_code not in accept:
            raise PrefectRefused(f"{method} {path}", answer.status_code, answer.text[:500])
        return answer


def _portions(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
