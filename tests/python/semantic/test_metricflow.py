"""Metrics in MetricFlow equal what SQL says; and dbt v2 reads them (K5).

Both need their own environments, which `make test-semantic` makes.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from product_signals.builder import dbt, project_copy, write_profile
from product_signals.package import package_root, trial_project
from product_signals.semantic import Spec, semantic_files
from warehouse import Warehouse

METRICFLOW = package_root() / ".venv-metricflow" / "bin"
DBT_V2 = package_root() / ".venv-dbt-2" / "bin"

# Metrics, their groups, and the same in SQL.
QUERIES = {
    "health by segment": (
        ["mean_health_score", "live_accounts", "recurring_revenue_at_risk"],
        ["account__plan"],
        "select plan, avg(health_score),"
        " sum(case when lifecycle_stage <> 'churned' then 1 else 0 end),"
        " sum(case when lifecycle_stage <> 'churned'"
        " and health_grade = 'red' then mrr end)"
        " from product_signals__accounts group by plan",
    ),
    "activation rate by cohort": (
        ["activation_rate", "signed_up_accounts"],
        ["metric_time__month", "activation_cohort__checklist"],
        "select signup_month, checklist, activated_accounts / accounts,"
        " accounts from product_signals__activation_cohorts"
        " where attribute = 'all'",
    ),
    "active users and mean score by day": (
        ["weekly_active_users", "mean_engagement_score"],
        ["metric_time__day"],
        "select activity_date, active_7d, mean_score"
        " from product_signals__activity_daily as active inner join ("
        "     select as_of_date, avg(score) as mean_score"
        "     from product_signals__accounts_daily group by as_of_date"
        " ) as scores on activity_date = as_of_date"
        " where entity = 'user'",
    ),
    "signals by severity of an account's plan": (
        ["open_signals", "signals_to_act_on"],
        ["signal__severity", "account__plan"],
        "select severity, plan, sum(case when is_open then 1 else 0 end),"
        " sum(case when priority is not null and severity <> 'info'"
        " then 1 else 0 end)"
        " from product_signals__signals"
        " left join product_signals__accounts using (account_id)"
        " group by severity, plan",
    ),
    "trials": (
        ["product_qualified_leads", "expected_trial_value"],
        ["lead__owner"],
        "select owner, sum(case when trial_outcome = 'open' and pql_state"
        " in ('qualified', 'overdue') then 1 else 0 end), sum(expected_value)"
        " from product_signals__leads group by owner",
    ),
}


def with_metrics(project: Path, output: dict, spec: Spec) -> None:
    """Adds to a project what the command writes."""
    write_profile(project, output)
    folder = project / "models" / "metrics"
    folder.mkdir()
    for path, text in semantic_files(spec, folder, time_spine=True).items():
        path.write_text(text, encoding="utf-8")
    dbt(project, "deps")


def call(project: Path, *command: str | Path) -> str:
    """Runs a command of another environment in a project."""
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(project)},
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0 or "parse" in command, said
    return said


@pytest.fixture(scope="module")
def trial(warehouse_factory: Callable) -> Warehouse:
    warehouse = warehouse_factory("trial")
    warehouse.build_example("trial", "--exclude-resource-type", "test")
    return warehouse


@pytest.fixture(scope="module")
def project(trial: Warehouse) -> Iterator[Path]:
    with project_copy(trial_project(), package_root()) as project:
        with_metrics(project, trial.output, "legacy")
        call(
            project, METRICFLOW / "dbt", "build", "--select",
            "product_signals_time_spine",
        )  # fmt: skip
        yield project


@pytest.mark.parametrize("name", QUERIES)
def test_metrics_are_what_sql_says(
    trial: Warehouse, project: Path, name: str
) -> None:
    metrics, groups, query = QUERIES[name]
    call(
        project, METRICFLOW / "mf", "query", "--quiet",
        "--metrics", ",".join(metrics), "--group-by", ",".join(groups),
        "--csv", "answer.csv",
    )  # fmt: skip
    with (project / "answer.csv").open(encoding="utf-8", newline="") as file:
        answer = [
            tuple(row[key] for key in groups + metrics)
            for row in csv.DictReader(file)
        ]
    expected = [tuple(row.values()) for row in trial.rows(query)]
    assert len(answer) > 1
    assert by_key(answer, len(groups)) == by_key(expected, len(groups))


def by_key(rows: list[tuple], size: int) -> dict[tuple, list]:
    """Figures by key; a day is the same with or without a time."""
    return {
        tuple(str(key or "").removesuffix(" 00:00:00") for key in row[:size]): [
            pytest.approx(float(figure or 0), abs=1e-4) for figure in row[size:]
        ]
        for row in rows
    }


def test_metricflow_finds_every_column(project: Path) -> None:
    """Queries every dimension and metric in the warehouse."""
    said = call(project, METRICFLOW / "mf", "validate-configs")
    assert set(re.findall(r"ERRORS: (\d+)", said)) == {"0"}


def test_dbt_v2_reads_the_latest_way(tmp_path: Path) -> None:
    with project_copy(trial_project(), package_root()) as project:
        output = {"type": "duckdb", "path": str(tmp_path / "x.duckdb")}
        with_metrics(project, output, "latest")
        said = call(project, DBT_V2 / "dbt", "parse", "--profiles-dir", ".")
        assert "models/metrics" not in said
        content = json.loads(
            (project / "target" / "semantic_manifest.json").read_text("utf-8")
        )
    assert len(content["semantic_models"]) == 6
    names = {metric["name"] for metric in content["metrics"]}
    assert {name for metrics, _, _ in QUERIES.values() for name in metrics} < (
        names
    )
