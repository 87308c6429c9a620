"""Renders one model of the package for DuckDB without starting dbt.

dbt takes seconds to import and to read a project, too long for each check of a
configuration file. The model with the checks needs little of dbt. A test
compares the result with what dbt compiles.
"""

from __future__ import annotations

import datetime
import importlib.util
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import duckdb
import pytz
from jinja2.sandbox import SandboxedEnvironment

from product_signals.errors import UserError
from product_signals.package import package_root, package_variables
from product_signals.sql import identifier

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def render_model(
    name: str,
    variables: dict[str, Any],
    connection: duckdb.DuckDBPyConnection,
) -> str:
    """Returns the SQL of a model that reads only seeds and inputs.

    Args:
        name: The model.
        variables: Variables of the package, in place of its defaults.
        connection: A database with the seeds and inputs as tables.

    Returns:
        The SQL that dbt would compile, with plain table names.

    Raises:
        UserError: The package refuses variables or inputs; one message per
            problem.
    """
    environment = _environment(variables, connection)
    [path] = (package_root() / "models").rglob(f"{name}.sql")
    return environment.from_string(path.read_text("utf-8")).render()


@cache
def input_columns() -> dict[str, dict[str, dict[str, str]]]:
    """Returns input -> required or optional -> column -> its type."""
    with duckdb.connect() as connection:
        macros = _environment({}, connection).globals["product_signals"]
        return macros.input_spec()


def _environment(
    variables: dict[str, Any], connection: duckdb.DuckDBPyConnection
) -> SandboxedEnvironment:
    """Jinja with the macros of the package and of dbt."""
    root = package_root()
    environment = SandboxedEnvironment(extensions=["jinja2.ext.do"])
    macros = {
        "product_signals": _Macros(environment, [root / "macros"]),
        "dbt": _Macros(environment, _folders_of_dbt()),
    }
    environment.globals = {
        **macros,
        **_context(macros, package_variables() | variables, connection),
    }
    return environment


class _Macros:
    """Macros by name; a file is read when one of its macros is first called."""

    def __init__(
        self, environment: SandboxedEnvironment, folders: Iterable[Path]
    ) -> None:
        self._environment = environment
        self._modules: dict[Path, Any] = {}
        self._files = {
            name: path
            for folder in folders
            for path in sorted(folder.rglob("*.sql"))
            for name in _MACRO.findall(path.read_text("utf-8"))
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._files:
            raise AttributeError(name)
        path = self._files[name]
        if path not in self._modules:
            text = path.read_text("utf-8")
            self._modules[path] = self._environment.from_string(text).module
        macro = getattr(self._modules[path], name)

        def returning(*args: Any, **kwargs: Any) -> Any:
            try:
                return macro(*args, **kwargs)
            except _Returned as returned:
                return returned.value

        setattr(self, name, returning)
        return returning

    def dispatched(self, name: str) -> Callable[..., Any]:
        """Returns the macro of that name for DuckDB."""
        return getattr(self, f"duckdb__{name}", None) or getattr(
            self, f"default__{name}"
        )


class _Returned(BaseException):
    """Returns a macro's value that is not text; nothing may catch it."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _Relation(str):
    """A table as its quoted name."""

    is_cte = False


def _folders_of_dbt() -> list[Path]:
    """Folders of dbt's macros for all warehouses, and of DuckDB's own."""
    return [
        Path(folder) / "macros" / "utils"
        for package in ("dbt.include.global_project", "dbt.include.duckdb")
        for folder in importlib.util.find_spec(
            package
        ).submodule_search_locations
    ]


def _context(
    macros: dict[str, _Macros],
    variables: dict[str, Any],
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Any]:
    """The functions that dbt gives a model and its macros."""

    def give_back(value: Any = None) -> NoReturn:
        raise _Returned(value)

    def refuse(message: str) -> NoReturn:
        raise UserError(*(re.findall(r"^- (.+)$", message, re.M) or [message]))

    def columns(relation: str) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(name=name, column=name, data_type=kind)
            for name, kind, *_ in connection.execute(
                f"describe {relation}"
            ).fetchall()
        ]

    def ref(name: str) -> _Relation:
        return _Relation(identifier(name))

    return {
        "adapter": SimpleNamespace(
            dispatch=lambda name, package: macros[package].dispatched(name),
            get_columns_in_relation=columns,
            quote=identifier,
            # There is no project whose config could have a typo.
            config=SimpleNamespace(dependencies={}),
        ),
        "api": SimpleNamespace(
            Column=SimpleNamespace(translate_type=lambda _: "TEXT")
        ),
        "builtins": SimpleNamespace(ref=ref),
        "config": lambda **_: "",
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
        "execute": True,
        # Nothing was built before.
        "flags": SimpleNamespace(WHICH="build", EMPTY=False, FULL_REFRESH=True),
        "graph": {"nodes": {}},
        "modules": SimpleNamespace(datetime=datetime, pytz=pytz, re=re),
        "ref": ref,
        "return": give_back,
        "run_started_at": datetime.datetime.now(datetime.timezone.utc),
        "var": lambda name: variables[name],
    }
