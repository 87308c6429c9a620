"""Input models for the tables of an event tool (K2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from command import call
from product_signals.inputs import InputFile
from product_signals.package import package_root
from product_signals.starter import from_files
from product_signals.vendors import SOURCES, TOOLS
from typer.testing import Result

MAPPINGS = package_root() / "macros" / "mappings"


def init(folder: Path, tool: str) -> Result:
    return call(
        "init", folder / "signals.yml",
        "--vendor", tool, "--models", folder / "models",
    )  # fmt: skip


def test_there_is_a_mapping_of_each_tool() -> None:
    files = {path.stem for path in MAPPINGS.glob("*.sql")}
    assert files == {*TOOLS, "shared"}
    assert all({"events", "users", "accounts"} <= {*TOOLS[t]} for t in TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_models_call_macros_as_they_are(tool: str, tmp_path: Path) -> None:
    """With existing arguments, and tables that the source names."""
    result = init(tmp_path, tool)
    assert result.exit_code == 0, result.output
    accounts = TOOLS[tool]["accounts"]
    assert ("traits={" in result.output) == (accounts.table is not None)
    assert ("Join what your CRM" in result.output) == (accounts.table is None)
    guessed = "account_key" in TOOLS[tool]["events"].arguments
    assert ("account_key is a" in result.output) == guessed
    models = tmp_path / "models"
    source = yaml.safe_load((models / SOURCES).read_text(encoding="utf-8"))
    named = {table["name"] for table in source["sources"][0]["tables"]}
    macros = "".join(
        (MAPPINGS / f"{name}.sql").read_text(encoding="utf-8")
        for name in (tool, "shared")
    )
    used = set()
    for path in models.glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        called = re.match(r"{{ product_signals\.(\w+)\(", text)
        assert called
        used |= set(re.findall(r"source\('\w+', '(\w+)'\)", text))
        signature = re.search(
            rf"macro {called[1]}\((.*?)\) %}}", macros, re.DOTALL
        )
        assert signature, called[1]
        arguments = re.findall(r"(\w+) *(?==|,|$)", signature[1])
        for argument in re.findall(r"(\w+)=", text):
            assert argument in arguments
    assert used == named


def test_what_is_written(tmp_path: Path) -> None:
    result = init(tmp_path, "amplitude")
    models = tmp_path / "models"
    # The configuration is made once events can be counted.
    assert not (tmp_path / "signals.yml").exists()
    assert "init --vendor amplitude --project-dir ." in result.output
    assert (models / "product_signals_accounts.sql").read_text(
        encoding="utf-8"
    ) == (
        "{{ product_signals.accounts_of_events(\n"
        "    ref('product_signals_events')\n"
        ") }}\n"
    )
    assert (models / "product_signals_events.sql").read_text(
        encoding="utf-8"
    ) == (
        "{{ product_signals.amplitude_events(\n"
        "    source('amplitude', 'events'),\n"
        "    merge_ids=source('amplitude', 'merge_ids'),\n"
        "    account_key='company'\n"
        ") }}\n"
    )


def test_nothing_is_written_over(tmp_path: Path) -> None:
    result = init(tmp_path, "segment")
    assert result.exit_code == 0
    assert "traits={'mrr': 'mrr', 'csm': 'account_owner'}" in result.output
    result = init(tmp_path, "segment")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "product_signals_events.sql: is there already; move it" in said
    assert not (tmp_path / "signals.yml").exists()


def test_a_tool_without_mappings_is_refused(tmp_path: Path) -> None:
    result = init(tmp_path, "heap")
    assert result.exit_code == 1
    assert "there are mappings for segment, posthog" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tool", "header"),
    [
        ("segment", ["id", "anonymous_id", "user_id", "event", "timestamp"]),
        ("posthog", ["uuid", "event", "distinct_id", "timestamp"]),
        ("amplitude", ["uuid", "user_id", "event_type", "event_time"]),
        ("mixpanel", ["insert_id", "distinct_id", "event_name", "time"]),
        (
            "snowplow",
            ["event_id", "user_id", "event_name", "collector_tstamp"],
        ),
    ],
)
def test_columns_of_a_tool_need_no_map(
    tool: str, header: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    values = {"event": "Report Shared", "event_type": "Report Shared"}
    values["event_name"] = "Report Shared"
    row = [values.get(name, "2024-01-02") for name in header]
    path.write_text(f"{','.join(header)}\n{','.join(row)}\n")
    proposal = from_files({"events": InputFile(path)}, tool)
    assert '  "Report Shared": # 1 event, 1 of 1 user: share' in proposal.text
