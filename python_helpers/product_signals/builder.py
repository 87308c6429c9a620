"""Runs dbt in this process."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from product_signals.errors import UserError
from product_signals.stopping import let_stop, temporary_folder

Progress = Callable[[int, int, str], None]

PROFILE = "product_signals"

_NOT_COPIED = shutil.ignore_patterns(
    "target", "logs", "dbt_packages", "package-lock.yml", "data", ".*"
)


@dataclass
class Outcome:
    """What a dbt run left behind.

    Attributes:
        model_seconds: The total time of all models, in seconds.
        warnings: The gate's warnings, one message each.
        results: dbt's own result of every node.
    """

    model_seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)


@contextmanager
def project_copy(project: Path, package: Path) -> Iterator[Path]:
    """Copies a dbt project that uses the package from its local folder.

    Args:
        project: The project to copy.
        package: The package to use.

    Yields:
        The folder of the copy, which is removed afterwards.
    """
    with temporary_folder(prefix="product-signals-") as folder:
        copy = folder / project.name
        shutil.copytree(project, copy, ignore=_NOT_COPIED)
        (copy / "packages.yml").write_text(
            yaml.safe_dump({"packages": [{"local": str(package.resolve())}]}),
            encoding="utf-8",
        )
        yield copy


def install_package(project: Path, package: Path) -> None:
    """Installs a local package as dbt deps would, without starting dbt."""
    installed = project / "dbt_packages" / "product_signals"
    installed.parent.mkdir(exist_ok=True)
    if installed.is_symlink() or installed.exists():
        return
    try:
        installed.symlink_to(package.resolve(), target_is_directory=True)
    except OSError:  # on Windows, not everybody may make links
        shutil.copytree(package, installed, ignore=_NOT_COPIED)


def write_profile(
    project: Path, output: dict[str, Any], threads: int | None = None
) -> None:
    """Writes the dbt profile of a project.

    Args:
        project: The folder to write profiles.yml to.
        output: The connection settings of dbt's adapter; braces in a path are
            plain text.
        threads: How many models to run at once; the number of cores if not
            given.
    """
    if "path" in output:
        output = {**output, "path": _not_a_template(output["path"])}
    profile = {
        PROFILE: {
            "target": "run",
            "outputs": {
                "run": {"threads": threads or os.cpu_count() or 1, **output}
            },
        }
    }
    (project / "profiles.yml").write_text(
        yaml.safe_dump(profile), encoding="utf-8"
    )


def _not_a_template(path: str) -> str:
    """Escapes a path so that dbt doesn't render it as a template."""
    return f"{{{{ {path!r} }}}}" if "{" in path else path


def dbt(
    project: Path,
    *arguments: str,
    variables: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Runs one dbt command on a project.

    Args:
        project: The project's folder, with its own profiles.yml.
        arguments: The command and its options.
        variables: Values for --vars.
        progress: Called for every finished node with its number, the total and
            its name.

    Returns:
        What the run left behind.

    Raises:
        UserError: A node failed; one message per problem.
    """
    # dbt takes seconds to import, and not every command runs it.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    outcome = Outcome()

    def listen(event: Any) -> None:
        let_stop()
        name = event.info.name
        if name == "LogStartLine" and progress:
            data = event.data
            progress(data.index, data.total, data.node_info.node_name)
        elif name == "JinjaLogWarning" and "product_signals: " in (
            event.info.msg
        ):
            message = event.info.msg.split("product_signals: ", 1)[1]
            outcome.warnings.append(message.strip())

    command = [
        *arguments,
        "--project-dir", str(project),
        "--profiles-dir", str(project),
        "--log-level", "none",
        "--log-level-file", "none",
        "--no-version-check",
        "--no-send-anonymous-usage-stats",
    ]  # fmt: skip
    if arguments[0] in ("build", "run"):
        # Nobody reads dbt's JSON files about the run.
        command.append("--no-write-json")
    if variables:
        command += ["--vars", yaml.safe_dump(variables)]
    try:
        result = dbtRunner(callbacks=[listen]).invoke(command)
    finally:
        # dbt keeps the file open, and DuckDB then locks others out.
        DuckDBConnectionManager.close_all_connections()
    outcome.results = list(getattr(result.result, "results", None) or [])
    outcome.model_seconds = sum(
        node.execution_time
        for node in outcome.results
        if node.node.resource_type == "model"
    )
    if not result.success:
        raise UserError(*problems(result, outcome))
    return outcome


def problems(result: Any, outcome: Outcome) -> list[str]:
    """Returns the messages of a failed run: the gate's own, else dbt's.

    Args:
        result: What dbt returned.
        outcome: The results of the run's nodes.
    """
    if result.exception is not None:
        if not isinstance(result.exception, Exception):
            raise result.exception  # KeyboardInterrupt, SystemExit
        return [str(result.exception).strip()]
    messages = []
    for node in outcome.results:
        if node.status not in ("error", "fail", "runtime error"):
            continue
        text = str(node.message or "").strip()
        listed = re.findall(r"^ *- (.+)$", text, flags=re.MULTILINE)
        if "product_signals built nothing" in text and listed:
            messages += listed
        else:
            messages.append(f"{node.node.name}: {text}")
    return messages or ["dbt failed without a message"]
