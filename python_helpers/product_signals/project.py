"""A dbt project for people who have files but no project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from product_signals.builder import PROFILE, install_package
from product_signals.config import Config
from product_signals.seeds import seed_variables, write_seeds

# Seeds of a written project are called by this name, whatever the file says:
# the package's own name would be there twice.
SEED_PREFIX = "configured"

OPTIONAL_INPUTS = (
    "account_history",
    "memberships",
    "usage_limits",
    "surveys",
    "communications",
    "tickets",
    "assessments",
    "subscription_changes",
    "signal_responses",
)


def write_project(
    folder: Path,
    config: Config,
    inputs: Iterable[str],
    package: Path,
    variables: dict[str, Any] | None = None,
    schema: str = "raw",
) -> None:
    """Writes a dbt project whose inputs are tables of one schema.

    Args:
        folder: Where to; made if it isn't there.
        config: What its seeds are made from.
        inputs: The inputs there are tables for.
        package: The dbt package to use.
        variables: Further variables of the package.
        schema: The schema with the tables.
    """
    config = config.model_copy(update={"seed_prefix": SEED_PREFIX})
    inputs = list(inputs)
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    for name in inputs:
        (models / f"product_signals_{name}.sql").write_text(
            f"select * from {{{{ source('{schema}', '{name}') }}}}\n",
            encoding="utf-8",
        )
    _write_yaml(
        models / "_sources.yml",
        {
            "version": 2,
            "sources": [
                {
                    "name": schema,
                    "schema": schema,
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
            "flags": {"require_ref_searches_node_package_before_root": True},
            "models": {"product_signals_run": {"+materialized": "view"}},
            # The project brings all seeds but the one that describes the
            # package's own models.
            "seeds": {
                "product_signals": {
                    "+enabled": False,
                    "product_signals_config_metrics": {"+enabled": True},
                }
            },
            "vars": {
                "product_signals": {
                    **seed_variables(config),
                    **{
                        f"{name}_model": f"product_signals_{name}"
                        for name in OPTIONAL_INPUTS
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
