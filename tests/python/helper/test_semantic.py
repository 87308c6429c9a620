"""What `product-signals semantic` writes (K5).

`make test-semantic` shows with MetricFlow, which needs its own environment,
that its metrics equal what SQL says.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import call
from product_signals.builder import dbt, project_copy, write_profile
from product_signals.package import package_root, trial_project
from product_signals.semantic import EXPOSURES, SEMANTIC, semantic_files
from typer.testing import Result

CONTENT = yaml.safe_load(
    (package_root() / "python_helpers/product_signals/semantic.yml").read_text(
        encoding="utf-8"
    )
)
METRICS = {
    name for model in CONTENT["models"].values() for name in model["metrics"]
} | set(CONTENT["ratios"])
WORDS = {"case", "when", "then", "else", "end", "and", "in"}


def columns() -> dict[str, set[str]]:
    """The described columns of each public table."""
    return {
        model["name"]: {column["name"] for column in model["columns"]}
        for path in (package_root() / "models").rglob("_*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get(
            "models", []
        )
        if model["name"].startswith("product_signals__")
    }


@pytest.mark.parametrize("table", CONTENT["models"])
def test_what_is_named_is_a_column(table: str) -> None:
    model = CONTENT["models"][table]
    named = {
        model["time"],
        *model["dimensions"],
        *model.get("primary", {}).values(),
        *model.get("foreign", {}).values(),
    }
    for metric in model["metrics"].values():
        bare = re.sub(r"'[^']*'", "", metric["expr"])
        words = re.findall(r"\b[a-z]\w*", bare)
        named |= set(words) - WORDS - {"is", "not", "null"}
    assert named <= columns()[f"product_signals__{table}"]


def test_exposures_are_of_public_tables() -> None:
    tables = {
        f"product_signals__{table}"
        for exposure in CONTENT["exposures"].values()
        for table in exposure["tables"]
    }
    assert tables <= columns().keys()


def test_dbt_reads_the_legacy_way(tmp_path: Path) -> None:
    with project_copy(trial_project(), package_root()) as project:
        write_profile(
            project, {"type": "duckdb", "path": str(tmp_path / "x.duckdb")}
        )
        written = semantic(project / "models" / "metrics", "legacy", True)
        assert written.exit_code == 0, written.output
        dbt(project, "deps")
        dbt(project, "parse")
        manifest = json.loads(
            (project / "target" / "manifest.json").read_text(encoding="utf-8")
        )
    names = {metric["name"] for metric in manifest["metrics"].values()}
    assert names == METRICS
    assert len(manifest["semantic_models"]) == len(CONTENT["models"])
    assert {
        exposure["name"] for exposure in manifest["exposures"].values()
    } == set(CONTENT["exposures"])


def test_the_latest_way_has_a_model_for_each_table(tmp_path: Path) -> None:
    files = {
        p.name: text for p, text in semantic_files("latest", tmp_path).items()
    }
    models = yaml.safe_load(files.pop(SEMANTIC))["models"]
    del files[EXPOSURES]
    assert files.keys() == {f"{model['name']}.sql" for model in models}
    found: dict[str, Any] = {
        metric["name"]: metric
        for model in models
        for metric in model["metrics"]
    }
    assert found.keys() == METRICS
    assert not any("type_params" in metric for metric in found.values())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """If one file exists, none is written."""
    assert semantic(tmp_path, "latest").exit_code == 0
    (tmp_path / EXPOSURES).unlink()
    refused = semantic(tmp_path, "legacy")
    assert refused.exit_code == 1
    said = " ".join(refused.output.split())
    assert f"{SEMANTIC}: is there already; move it" in said
    assert not (tmp_path / EXPOSURES).exists()


def semantic(folder: Path, spec: str, time_spine: bool = False) -> Result:
    arguments = ["semantic", "--spec", spec, "--out", folder]
    return call(*arguments, *["--time-spine"] * time_spine)
