"""Writes a dbt project for people who have files but no project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from product_signals.builder import PROFILE, install_package
from product_signals.config import Config
from product_signals.errors import UserError
from product_signals.inputs import OPTIONAL
from product_signals.package import package_variables
from product_signals.seeds import seed_variables, write_seeds

# Prefix of the seeds of a written project, whatever the file says, because
# the package's own prefix would make two seeds of one name.
SEED_PREFIX = "configured"

# The project's inputs and seeds take precedence over the package's.
FLAGS = {"require_ref_searches_node_package_before_root": True}
SEEDS = {
    "product_signals": {
        "+enabled": False,
        "product_signals_config_metrics": {"+enabled": True},
    }
}


def set_up_project(project: Path, config: Config) -> list[str]:
    """Adds to dbt_project.yml what the seeds of a configuration need.

    Args:
        project: The folder of a dbt project.
        config: The configuration of its seeds.

    Returns:
        The keys that were set, such as vars.product_signals.x.

    Raises:
        UserError: The file doesn't exist or can't be read.
    """
    path = project / "dbt_project.yml"
    reader = YAML()
    reader.preserve_quotes = True
    reader.width = 4096
    document = _read(path, reader)
    models = {found.stem for found in (project / "models").rglob("*.sql")}
    inputs = {
        f"{name}_model": f"product_signals_{name}"
        for name in OPTIONAL
        if f"product_signals_{name}" in models
    }
    done: list[str] = []
    try:
        _put(document, {"vars": {"product_signals": inputs}}, (), done, False)
        wanted = {
            "flags": FLAGS,
            "seeds": SEEDS,
            "vars": {"product_signals": seed_variables(config)},
        }
        _put(document, wanted, (), done, True)
    except (AttributeError, TypeError) as error:
        raise UserError(
            f"{path}: flags, seeds and vars have to be mappings"
        ) from error
    if done:
        with path.open("w", encoding="utf-8") as file:
            reader.dump(document, file)
    return done


def project_variables(project: Path) -> dict[str, Any]:
    """Reads the package's variables that a dbt project sets.

    Args:
        project: The folder of a dbt project.

    Returns:
        Name -> value, without inputs, seeds, and what dbt has to render.

    Raises:
        UserError: The file doesn't exist or can't be read.
    """
    return {
        name: value
        for name, value in _variables(project).items()
        if not name.endswith(("_model", "_seed"))
    }


def input_model(project: Path, name: str) -> str:
    """Returns the name of the model that a dbt project has for an input."""
    variable = f"{name}_model"
    return (package_variables() | _variables(project))[variable]


def _variables(project: Path) -> dict[str, Any]:
    """The package's variables that a project sets, if plain."""
    document = _read(project / "dbt_project.yml", YAML(typ="safe"))
    given = document.get("vars") if isinstance(document, dict) else None
    given = given if isinstance(given, dict) else {}
    own = given.get("product_signals")
    own = own if isinstance(own, dict) else {}
    known = package_variables()
    return {
        name: value
        for name, value in (given | own).items()
        if name in known and "{{" not in str(value)
    }


def _read(path: Path, reader: YAML) -> Any:
    try:
        return reader.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: can't be read (there is no such file); name the folder"
            " of a dbt project"
        ) from error
    except (OSError, UnicodeError, YAMLError) as error:
        first_line = str(error).partition("\n")[0]
        raise UserError(f"{path}: can't be read ({first_line})") from error


def _put(
    node: Any,
    wanted: dict[str, Any],
    keys: tuple[str, ...],
    done: list[str],
    over: bool,
) -> None:
    """Sets missing keys of a mapping and, with over, those that differ."""
    for key, value in wanted.items():
        if isinstance(value, dict):
            if value:
                if node.get(key) is None:
                    node[key] = {}
                _put(node[key], value, (*keys, key), done, over)
        elif key not in node or (over and node[key] != value):
            node[key] = value
            done.append(".".join((*keys, key)))


def write_project(
    folder: Path,
    config: Config,
    inputs: Iterable[str],
    package: Path,
    variables: dict[str, Any] | None = None,
) -> None:
    """Writes a dbt project whose inputs are tables of the schema raw.

    Args:
        folder: The folder to write to, made if missing.
        config: The configuration of its seeds.
        inputs: The inputs that have tables.
        package: The dbt package to use.
        variables: Further variables of the package.
    """
    config = config.model_copy(update={"seed_prefix": SEED_PREFIX})
    inputs = list(inputs)
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    for name in inputs:
        (models / f"product_signals_{name}.sql").write_text(
            f"select * from {{{{ source('raw', '{name}') }}}}\n",
            encoding="utf-8",
        )
    _write_yaml(
        models / "_sources.yml",
        {
            "version": 2,
            "sources": [
                {
                    "name": "raw",
                    "schema": "raw",
                    "tables": [{"name": name} for name in inputs],
                }
            ],
        },
    )
    write_seeds(config, folder / "seeds")
    _write_yaml(
        folder / "dbt_project.yml",
        {
            "name": "product_signals_run",
            "version": "1.0.0",
            "config-version": 2,
            "profile": PROFILE,
            "flags": FLAGS,
            "models": {"product_signals_run": {"+materialized": "view"}},
            # The project has all seeds except the one that describes the
            # package's own models.
            "seeds": SEEDS,
            "vars": {
                "product_signals": {
                    **seed_variables(config),
                    **{
                        f"{name}_model": f"product_signals_{name}"
                        for name in OPTIONAL
                        if name in inputs
                    },
                    **(variables or {}),
                }
            },
        },
    )
    install_package(folder, package)


def _write_yaml(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
