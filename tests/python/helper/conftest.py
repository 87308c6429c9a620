"""What the tests of the helper share."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner
from ruamel.yaml import YAML


@pytest.fixture(autouse=True)
def uncounted_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps coverage out of dbt, which would take half as long again."""
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


@pytest.fixture(autouse=True)
def uncounted_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps coverage out of YAML readers, which would take thrice as long."""

    def uncounted(function: Callable) -> Callable:
        def call(*arguments: Any, **options: Any) -> Any:
            trace = sys.gettrace()
            sys.settrace(None)
            try:
                return function(*arguments, **options)
            finally:
                sys.settrace(trace)

        return call

    monkeypatch.setattr(yaml, "load", uncounted(yaml.load))
    monkeypatch.setattr(YAML, "load", uncounted(YAML.load))
