"""Fields for the CRM tables: Salesforce metadata, HubSpot properties, syncs.

The properties of the models say what each column is called in the CRM, what
kind of field it is and what it may hold. Bands, personas and signals come from
the configuration file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import yaml

from product_signals.config import Config
from product_signals.errors import UserError
from product_signals.package import package_root

Tool = Literal["salesforce", "hubspot"]

# The kind of columns that hold the CRM's own id of a record: not a field.
RECORD = "record"
# What each CRM calls the records of a table.
OBJECTS = {
    "salesforce": {"crm_accounts": "Account", "crm_users": "Contact"},
    "hubspot": {"crm_accounts": "companies", "crm_users": "contacts"},
}
# The longest API name (without its ending), label and inline help text.
_LONGEST = {"name": 40, "label": 40, "help": 510}
_TEXT, _LONG_TEXT = 255, 3000

_PREFIX = re.compile("[a-z](_?[a-z0-9])*_?")
_NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


@dataclass(frozen=True)
class CrmField:
    """A field for a column of a CRM table.

    Attributes:
        table: crm_accounts or crm_users.
        column: The name of the column.
        label: The name that people see.
        kind: key, record, text, long_text, choice, choices, number, percent,
            amount, whole, flag, day or moment.
        help: What it means.
        values: The values of a choice.
    """

    table: str
    column: str
    label: str
    kind: str
    help: str
    values: tuple[str, ...] = ()


def crm_fields(config: Config) -> list[CrmField]:
    """Returns the columns of the CRM tables, in order.

    Args:
        config: The configuration with the bands, personas and signals.
    """
    properties = yaml.safe_load(
        (package_root() / "models" / "93_delivery" / "_crm.yml").read_text(
            encoding="utf-8"
        )
    )
    return [
        _field(config, model["name"].removeprefix("product_signals__"), column)
        for model in properties["models"]
        for column in model["columns"]
    ]


def crm_files(
    tool: Tool, config: Config, prefix: str, schema: str | None = None
) -> dict[str, str]:
    """Returns the files for a CRM.

    Args:
        tool: The CRM.
        config: As in crm_fields().
        prefix: What the names of the fields begin with.
        schema: The schema of the tables; without it, the sync tool has to know.

    Returns:
        Path within the folder -> text.

    Raises:
        UserError: The prefix makes a name too long, or can't begin a name.
    """
    fields = [field for field in crm_fields(config) if field.kind != RECORD]
    longest = _LONGEST["name"] - max(len(field.column) for field in fields)
    if len(prefix) > longest or not _PREFIX.fullmatch(prefix):
        raise UserError(
            f'--prefix "{prefix}": can\'t begin the name of a field; use at'
            f" most {longest} small letters, digits and single underscores, a"
            " letter first"
        )
    write = {"salesforce": _salesforce, "hubspot": _hubspot}[tool]
    return write(fields, prefix) | {
        f"drt/syncs/{table}_to_{tool}.yml": _drt_sync(
            tool,
            table,
            [f for f in fields if f.table == table],
            prefix,
            f"{schema}." if schema else "",
        )
        for table in OBJECTS[tool]
    }


def write_crm_files(files: dict[str, str], folder: Path) -> None:
    """Writes files into a folder, which is made if missing."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def signal_label(name: str) -> str:
    """A signal's name as in the tables: see crm_work()."""
    return _cut(name.replace(";", ",").strip(), _TEXT)


def _field(config: Config, table: str, column: dict[str, Any]) -> CrmField:
    meta = column["config"]["meta"]
    kinds = {
        "text": "text",
        "numeric(5,2)": "number",
        "numeric(18,2)": "amount",
        "integer": "whole",
        "boolean": "flag",
        "date": "day",
        "timestamp": "moment",
    }
    return CrmField(
        table=table,
        column=column["name"],
        label=meta["label"],
        kind=meta.get("type", kinds[column["data_type"]]),
        help=" ".join(column["description"].replace("`", "").split()),
        values=tuple(_values(config, table, meta.get("values", []))),
    )


def _values(
    config: Config, table: str, given: str | list[str]
) -> Iterable[str]:
    """The values of a choice, which may come from the configuration."""
    if isinstance(given, list):
        return given
    part, _, name = given.partition(".")
    if part == "bands":
        return config.bands.get(name, {})
    if part == "trial_personas":
        return dict.fromkeys([*config.trial_personas, "unclassified"])
    # Severity info is not work, and the CRM has no row for the product.
    return dict.fromkeys(
        signal_label(signal.signal_name or name)
        for name, signal in config.signals.items()
        if signal.severity != "info"
        and signal.entity != "product"
        and (table == "crm_accounts" or signal.entity == "user")
    )


def _shown(value: str) -> str:
    """A value as people read it: not_yet becomes Not yet."""
    text = value.replace("_", " ")
    return text[:1].upper() + text[1:]


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _xml(tag: str, content: str | int | bool | dict[str, Any]) -> str:
    """An element of Salesforce's metadata; a list makes one for each item."""
    if isinstance(content, dict):
        inner = "".join(
            _xml(name, item)
            for name, items in content.items()
            for item in (items if isinstance(items, list) else [items])
        )
    else:
        inner = escape(
            str(content).lower() if isinstance(content, bool) else str(content)
        )
    return f"<{tag}>{inner}</{tag}>"


def _document(tag: str, content: dict[str, Any]) -> str:
    from xml.dom.minidom import parseString

    element = _xml(tag, content).replace(
        f"<{tag}>", f'<{tag} xmlns="{_NAMESPACE}">', 1
    )
    return (
        parseString(element)
        .toprettyxml(indent="    ", encoding="UTF-8")
        .decode()
    )


def _salesforce(fields: list[CrmField], prefix: str) -> dict[str, str]:
    """Fields for `sf project deploy`, and who may see them."""
    files, permissions = {}, []
    for field in fields:
        owner = OBJECTS["salesforce"][field.table]
        name = f"{prefix}{field.column}__c"
        files[f"objects/{owner}/fields/{name}.field-meta.xml"] = _document(
            "CustomField",
            {
                "fullName": name,
                "label": _cut(field.label, _LONGEST["label"]),
                "description": _cut(field.help, 1000),
                "inlineHelpText": _cut(field.help, _LONGEST["help"]),
                "required": False,
                **_salesforce_type(field),
            },
        )
        permissions.append(
            {"editable": True, "field": f"{owner}.{name}", "readable": True}
        )
    files["permissionsets/Product_Signals.permissionset-meta.xml"] = _document(
        "PermissionSet",
        {
            "fieldPermissions": sorted(permissions, key=lambda p: p["field"]),
            "hasActivationRequired": False,
            "label": "Product signals",
        },
    )
    return files


def _salesforce_type(field: CrmField) -> dict[str, Any]:
    value_set = {
        "valueSet": {
            "restricted": True,
            "valueSetDefinition": {
                "sorted": False,
                "value": [
                    {
                        "fullName": value,
                        "default": False,
                        "label": _shown(value),
                    }
                    for value in field.values
                ],
            },
        }
    }
    return {
        "key": {
            "type": "Text",
            "length": _TEXT,
            "externalId": True,
            "unique": True,
            "caseSensitive": True,
        },
        "text": {"type": "Text", "length": _TEXT},
        "long_text": {
            "type": "LongTextArea",
            "length": _LONG_TEXT,
            "visibleLines": 6,
        },
        "choice": {"type": "Picklist", **value_set},
        "choices": {
            "type": "MultiselectPicklist",
            "visibleLines": 6,
            **value_set,
        },
        "number": {"type": "Number", "precision": 5, "scale": 2},
        "percent": {"type": "Percent", "precision": 5, "scale": 2},
        "amount": {"type": "Currency", "precision": 18, "scale": 2},
        "whole": {"type": "Number", "precision": 18, "scale": 0},
        "flag": {"type": "Checkbox", "defaultValue": False},
        "day": {"type": "Date"},
        "moment": {"type": "DateTime"},
    }[field.kind]


def _hubspot(fields: list[CrmField], prefix: str) -> dict[str, str]:
    """Bodies of the API calls that make a group and its properties."""
    group = f"{prefix}product_signals"
    files = {}
    for table, owner in OBJECTS["hubspot"].items():
        bodies = {
            "group": {"name": group, "label": "Product signals"},
            "properties": {
                "inputs": [
                    {
                        "name": f"{prefix}{field.column}",
                        "label": field.label,
                        "groupName": group,
                        "description": field.help,
                        **_hubspot_type(field),
                    }
                    for field in fields
                    if field.table == table
                ]
            },
        }
        for name, body in bodies.items():
            files[f"{owner}/{name}.json"] = (
                json.dumps(body, indent=2, ensure_ascii=False) + "\n"
            )
    return files


def _hubspot_type(field: CrmField) -> dict[str, Any]:
    kind, shown_as = {
        "key": ("string", "text"),
        "text": ("string", "text"),
        "long_text": ("string", "textarea"),
        "choice": ("enumeration", "select"),
        "choices": ("enumeration", "checkbox"),
        "number": ("number", "number"),
        # As a percentage (numberDisplayHint), HubSpot would show 43 as 4,300 %.
        "percent": ("number", "number"),
        "amount": ("number", "number"),
        "whole": ("number", "number"),
        "flag": ("bool", "booleancheckbox"),
        "day": ("date", "date"),
        "moment": ("datetime", "date"),
    }[field.kind]
    options = {
        "choice": field.values,
        "choices": field.values,
        "flag": ("true", "false"),
    }.get(field.kind)
    more: dict[str, Any] = {}
    if field.kind == "key":
        more["hasUniqueValue"] = True
    if options is not None:
        more["options"] = [
            {
                "label": _shown(value),
                "value": value,
                "displayOrder": place,
                "hidden": False,
            }
            for place, value in enumerate(options)
        ]
    return {"type": kind, "fieldType": shown_as, **more}


def _drt_sync(
    tool: Tool, table: str, fields: list[CrmField], prefix: str, place: str
) -> str:
    """A drt sync of what changed since the last one, as text."""
    ending, none = ("__c", "#N/A") if tool == "salesforce" else ("", "")
    columns = [
        f"      coalesce(cast({field.column} as varchar), '{none}')"
        f' as "{prefix}{field.column}{ending}",'
        for field in fields
        if field.kind != "moment"
    ]
    owner = OBJECTS[tool][table]
    if tool == "salesforce":
        columns.insert(0, '      crm_id as "Id",')
        where = "crm_id is not null"
        destination = [
            "  type: salesforce_bulk",
            "  instance_url_env: SF_INSTANCE_URL",
            f"  object_name: {owner}",
            "  operation: upsert",
            "  # An id that is there updates; no record is made.",
            "  external_id_field: Id",
            "  client_id_env: SF_CLIENT_ID",
            "  client_secret_env: SF_CLIENT_SECRET",
            "  username_env: SF_USERNAME",
            "  password_env: SF_PASSWORD",
        ]
        policy = []
    else:
        key = "email" if table == "crm_users" else f"{prefix}account_id"
        if table == "crm_users":
            columns.insert(0, "      email,")
        where = "is_primary_for_email" if table == "crm_users" else "1 = 1"
        destination = [
            "  type: hubspot",
            f"  object_type: {owner}",
            f"  id_property: {key}",
            "  auth: {type: bearer, token_env: HUBSPOT_TOKEN}",
        ]
        policy = [
            "  # The CRM makes records, this fills them.",
            "  match_policy: update_only",
        ]
    cleared = "#N/A" if none else "an empty text"
    return "\n".join(
        [
            f"name: {table}_to_{tool}",
            f"# Null is sent as {cleared}, which clears the field.",
            "model: |",
            "  select * from (",
            "    select",
            *columns,
            "      replace(cast(changed_at as varchar), ' ', 'T') || 'Z'"
            " as changed_at",
            f"    from {place}product_signals__{table}",
            f"    where {where}",
            "  ) as rows_to_send",
            "destination:",
            *destination,
            "sync:",
            "  mode: incremental",
            "  cursor_field: changed_at",
            f"  field_mappings: {{changed_at: {prefix}changed_at{ending}}}",
            *policy,
            "  # Who was refused waits for `drt retry`.",
            "  on_error: skip",
            "  dlq: {enabled: true}",
            "",
        ]
    )
