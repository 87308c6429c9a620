"""Semantic models, metrics and exposures for a project that uses the package.

They belong in that project rather than in the package: dbt's format for them
changed with 1.12, and a package's time spine would get in the way of the
project's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml

from product_signals.errors import refuse_existing

Spec = Literal["latest", "legacy"]

SEMANTIC = "_product_signals_semantic.yml"
EXPOSURES = "_product_signals_exposures.yml"
SPINE = "product_signals_time_spine"
# Prefix of the project's own models, one per table of the package, that carry
# metrics in the latest format.
VIEW = "product_signals_metrics_"

_HEADER = "# Written by `product-signals semantic`; yours to change.\n"
_SPINE_SQL = """\
{{ config(materialized='table') }}

{{ dbt.date_spine(
    'day', "cast('2010-01-01' as date)", "cast('2040-01-01' as date)"
) }}
"""


def semantic_files(
    spec: Spec, folder: Path, time_spine: bool = False
) -> dict[Path, str]:
    """Returns the files to write into a project.

    Args:
        spec: latest for dbt 1.12 and later, legacy for earlier versions.
        folder: The folder of the project's models to write to.
        time_spine: Whether to write a time spine, too.

    Returns:
        File -> its text.

    Raises:
        UserError: A file already exists.
    """
    content = yaml.safe_load(
        Path(__file__).with_name("semantic.yml").read_text(encoding="utf-8")
    )
    files = {
        folder / SEMANTIC: _yaml(
            _latest(content) if spec == "latest" else _legacy(content)
        ),
        folder / EXPOSURES: _yaml({"exposures": _exposures(content)}),
    }
    if spec == "latest":
        for table in content["models"]:
            files[folder / f"{VIEW}{table}.sql"] = (
                "{{ config(materialized='view') }}\n\n"
                f"select * from {{{{ {_ref(table)} }}}}\n"
            )
    if time_spine:
        files[folder / f"{SPINE}.sql"] = _SPINE_SQL
        files[folder / f"_{SPINE}.yml"] = _yaml({"models": [_spine()]})
    refuse_existing(files)
    return files


def _legacy(content: dict[str, Any]) -> dict[str, Any]:
    """The legacy format: semantic models with measures, beside the models."""
    models, metrics = [], []
    for table, model in content["models"].items():
        measures = []
        for name, metric in model["metrics"].items():
            measures.append(
                {"name": name, "agg": metric["agg"], "expr": metric["expr"]}
            )
            metrics.append(
                {
                    **_described(name, metric),
                    "type": "simple",
                    "type_params": {"measure": name},
                }
            )
        models.append(
            {
                "name": f"product_signals_{table}",
                "description": model["description"],
                "model": _ref(table),
                "defaults": {"agg_time_dimension": model["time"]},
                **_primary_entity(model),
                "entities": [
                    {"name": name, "type": kind, "expr": column}
                    for kind, name, column in _entities(model)
                ],
                "dimensions": [
                    {
                        "name": model["time"],
                        "type": "time",
                        "type_params": {
                            "time_granularity": model.get("granularity", "day")
                        },
                    },
                    *(
                        {
                            "name": _name(model, column),
                            "type": "categorical",
                            "expr": column,
                        }
                        for column in model["dimensions"]
                    ),
                ],
                "measures": measures,
            }
        )
    for name, ratio in content["ratios"].items():
        metrics.append(
            {
                **_described(name, ratio),
                "type": "ratio",
                "type_params": {
                    "numerator": ratio["numerator"],
                    "denominator": ratio["denominator"],
                },
            }
        )
    return {"semantic_models": models, "metrics": metrics}


def _latest(content: dict[str, Any]) -> dict[str, Any]:
    """The latest format: everything in the models, metrics without measures."""
    models = []
    for table, model in content["models"].items():
        metrics = [
            {
                **_described(name, metric),
                "type": "simple",
                "agg": metric["agg"],
                "expr": metric["expr"],
            }
            for name, metric in model["metrics"].items()
        ]
        metrics += [
            {
                **_described(name, ratio),
                "type": "ratio",
                "numerator": ratio["numerator"],
                "denominator": ratio["denominator"],
            }
            for name, ratio in content["ratios"].items()
            if ratio["model"] == table
        ]
        columns: list[dict[str, Any]] = [
            {"name": column, "entity": {"type": kind, "name": name}}
            for kind, name, column in _entities(model)
        ]
        columns.append(
            {
                "name": model["time"],
                "granularity": model.get("granularity", "day"),
                "dimension": {"type": "time"},
            }
        )
        for column in model["dimensions"]:
            name = _name(model, column)
            columns.append(
                {
                    "name": column,
                    "dimension": {
                        "type": "categorical",
                        **({"name": name} if name != column else {}),
                    },
                }
            )
        models.append(
            {
                "name": f"{VIEW}{table}",
                "description": model["description"],
                "semantic_model": {
                    "enabled": True,
                    "name": f"product_signals_{table}",
                },
                "agg_time_dimension": model["time"],
                **_primary_entity(model),
                "columns": columns,
                "metrics": metrics,
            }
        )
    return {"models": models}


def _exposures(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **_described(name, exposure),
            "type": "dashboard",
            "owner": {"name": "Put in who looks after it"},
            "depends_on": [_ref(table) for table in exposure["tables"]],
        }
        for name, exposure in content["exposures"].items()
    ]


def _spine() -> dict[str, Any]:
    return {
        "name": SPINE,
        "description": "A row a day, for metrics by time.",
        "time_spine": {"standard_granularity_column": "date_day"},
        "columns": [{"name": "date_day", "granularity": "day"}],
    }


def _described(name: str, element: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "label": element["label"],
        "description": element["description"],
    }


def _entities(model: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The kind, name and column of each entity."""
    return [
        (kind, name, column)
        for kind in ("primary", "foreign")
        for name, column in model.get(kind, {}).items()
    ]


def _primary_entity(model: dict[str, Any]) -> dict[str, str]:
    """The entity of a row, if no column is it."""
    if "primary_entity" not in model:
        return {}
    return {"primary_entity": model["primary_entity"]}


def _name(model: dict[str, Any], column: str) -> str:
    return model.get("names", {}).get(column, column)


def _ref(table: str) -> str:
    return f"ref('product_signals', 'product_signals__{table}')"


def _yaml(content: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(
        {"version": 2, **content},
        sort_keys=False,
        allow_unicode=True,
        width=80,
    )
