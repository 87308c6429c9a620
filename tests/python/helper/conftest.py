"""What the tests of the helper share."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from dbt.cli.main import dbtRunner


@pytest.fixture(autouse=True)
def uncounted_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps coverage out of dbt, which it makes half as slow again."""
    invoke = dbtRunner.invoke

    def uncounted(*arguments: Any, **options: Any) -> Any:
        trace = threading.gettrace()
        threading.settrace(None)
        try:
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(invoke, *arguments, **options).result()
        finally:
            threading.settrace(trace)

    monkeypatch.setattr(dbtRunner, "invoke", uncounted)
