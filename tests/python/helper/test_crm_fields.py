"""Fields for CRMs (K4): every column has one, and every value is a choice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from product_signals.cli import main
from product_signals.config import Signal, read_config
from product_signals.crm_fields import (
    OBJECTS,
    crm_fields,
    crm_files,
    signal_label,
)
from product_signals.errors import UserError
from product_signals.package import package_root, starter_config

CONFIG = read_config(starter_config())
MODELS = package_root() / "models"
XML = "{http://soap.sforce.com/2006/04/metadata}"


def described(folder: str, file: str, model: str) -> dict[str, dict]:
    """The columns of a model, by name."""
    content = yaml.safe_load(
        (MODELS / folder / file).read_text(encoding="utf-8")
    )
    [columns] = [
        found["columns"]
        for found in content["models"]
        if found["name"] == f"product_signals__{model}"
    ]
    return {column["name"]: column for column in columns}


@pytest.mark.parametrize("table", ["crm_accounts", "crm_users"])
def test_every_column_is_a_field(table: str) -> None:
    """Except the record's own id, which the sync matches by."""
    columns = set(described("93_delivery", "_crm.yml", table)) - {"crm_id"}
    account, company = (OBJECTS[tool][table] for tool in OBJECTS)
    files = crm_files("salesforce", CONFIG, "ps_")
    assert columns == {
        match[1]
        for name in files
        if (
            match := re.search(rf"^objects/{account}/fields/ps_(.+)__c\.", name)
        )
    }
    [permissions] = [
        ElementTree.fromstring(text.encode())
        for name, text in files.items()
        if name.startswith("permissionsets/")
    ]
    assert {
        field.text
        for field in permissions.iter(f"{XML}field")
        if field.text.startswith(f"{account}.")
    } == {f"{account}.ps_{column}__c" for column in columns}
    files = crm_files("hubspot", CONFIG, "ps_")
    properties = json.loads(files[f"{company}/properties.json"])["inputs"]
    assert columns == {item["name"].removeprefix("ps_") for item in properties}
    group = json.loads(files[f"{company}/group.json"])["name"]
    assert {item["groupName"] for item in properties} == {group}
    for tool in OBJECTS:
        sync = yaml.safe_load(
            crm_files(tool, CONFIG, "ps_")[f"drt/syncs/{table}_to_{tool}.yml"]
        )
        assert columns - {"changed_at"} == set(
            re.findall(r'as "ps_(\w+?)(?:__c)?"', sync["model"])
        )


def test_limits() -> None:
    """R11, R12: the limits of each CRM on names, labels, values and columns."""
    fields = crm_fields(CONFIG)
    for field in fields:
        assert re.fullmatch("[a-z](_?[a-z0-9])*", field.column)
        assert len(field.column) <= 35
        assert len(field.label) <= 40
        assert len(field.values) <= 500
        for value in field.values:
            assert len(value) <= 255
            assert ";" not in value
    for table in ("crm_accounts", "crm_users"):
        labels = [field.label for field in fields if field.table == table]
        assert len(labels) <= 40
        assert len(set(labels)) == len(labels)


def test_choices_are_all_there_can_be() -> None:
    values = {
        (field.table, field.column): set(field.values)
        for field in crm_fields(CONFIG)
    }
    for column, metric in (
        ("score_band", "score"),
        ("activation_band", "activation_rate"),
        ("adoption_band", "adoption_rate"),
    ):
        for table in ("crm_accounts", "crm_users"):
            assert values[table, column] == set(CONFIG.bands[metric])
    accounts = {
        column: found
        for (table, column), found in values.items()
        if table == "crm_accounts"
    }
    leads = described("85_leads", "_leads.yml", "leads")
    [accepted] = [
        test["accepted_values"]["arguments"]["values"]
        for test in leads["pql_state"]["data_tests"]
        if "accepted_values" in test
    ]
    assert accounts["lead_state"] == set(accepted)
    assert accounts["persona"] == {*CONFIG.trial_personas, "unclassified"}
    severities = Signal.model_json_schema()["properties"]["severity"]["enum"]
    # Severity info is not on the work list.
    assert accounts["signal_severity"] == set(severities) - {"info"}
    names = {
        signal_label(signal.signal_name)
        for signal in CONFIG.signals.values()
        if signal.severity != "info" and signal.entity != "product"
    }
    assert accounts["open_signals"] == names
    assert "User falling off" in values["crm_users", "open_signals"]
    assert "Cancelled" not in values["crm_users", "open_signals"]


def test_rates_are_percentages() -> None:
    """Salesforce writes "%" after them, and after nothing else."""
    files = crm_files("salesforce", CONFIG, "ps_")
    percent = {}
    for name, text in files.items():
        if not name.startswith("objects/"):
            continue
        field = ElementTree.fromstring(text.encode())
        if field.findtext(f"{XML}type") == "Percent":
            percent[name] = [
                field.findtext(f"{XML}{size}")
                for size in ("precision", "scale")
            ]
    assert percent == {
        f"objects/{owner}/fields/ps_{rate}_rate__c.field-meta.xml": ["5", "2"]
        for owner in ("Account", "Contact")
        for rate in ("activation", "adoption")
    }
    # HubSpot would show 43 as 4,300 %, so there they are plain numbers.
    for owner in ("companies", "contacts"):
        text = crm_files("hubspot", CONFIG, "ps_")[f"{owner}/properties.json"]
        kinds = {
            item["name"]: (item["type"], item.get("numberDisplayHint"))
            for item in json.loads(text)["inputs"]
        }
        assert kinds["ps_activation_rate"] == ("number", None)


def test_labels_of_signals() -> None:
    assert signal_label(" Late; again ") == "Late, again"
    assert signal_label("x" * 300) == "x" * 254 + "…"


@pytest.mark.parametrize("prefix", ["", "9", "Ps_", "p__", "pß", "p" * 21])
def test_a_prefix_that_no_field_can_have(prefix: str) -> None:
    with pytest.raises(UserError, match="at most 20 small letters"):
        crm_files("hubspot", CONFIG, prefix)


def test_the_command_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "own.yml"
    text = starter_config().read_text(encoding="utf-8")
    config.write_text(
        text.replace("low: 0.01, medium: 25", "tiny: 0.01, medium: 25")
    )
    monkeypatch.setattr(
        "sys.argv",
        [
            "product-signals", "crm-fields", "salesforce", "--out",
            str(tmp_path / "out"), "--config", str(config), "--prefix", "us_",
            "--schema", "analytics",
        ],
    )  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    field = (
        tmp_path / "out/objects/Account/fields/us_score_band__c.field-meta.xml"
    )
    assert "<fullName>tiny</fullName>" in field.read_text(encoding="utf-8")
    sync = tmp_path / "out/drt/syncs/crm_users_to_salesforce.yml"
    assert "from analytics.product_signals__crm_users\n" in sync.read_text(
        encoding="utf-8"
    )
