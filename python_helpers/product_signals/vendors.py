"""Input models that call the mappings of an event tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from product_signals.errors import UserError, refuse_existing

SOURCES = "_product_signals_sources.yml"


@dataclass(frozen=True)
class Call:
    """A macro call in an input model.

    Attributes:
        macro: The mapping.
        table: The table of the tool that it reads; none if it reads the input
            model of events.
        tables: Further tables, by the macro's argument.
        arguments: Other arguments, as Jinja.
    """

    macro: str
    table: str | None = None
    tables: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)


def _like_segment(tool: str) -> dict[str, Call]:
    return {
        "events": Call(
            f"{tool}_events",
            "tracks",
            {"identifies": "identifies"},
            {"anonymous": "'resolve'"},
        ),
        "users": Call(
            f"{tool}_users",
            "users",
            {"identifies": "identifies", "groups": "groups"},
        ),
        "accounts": Call(f"{tool}_accounts", "groups"),
        "memberships": Call(f"{tool}_memberships", "groups"),
    }


# What a tool without tables of users or accounts has of them.
_USERS_OF_EVENTS = Call("users_of_events")
_ACCOUNTS_OF_EVENTS = Call("accounts_of_events")

# The group type and the property that hold the account are guesses to edit.
TOOLS: dict[str, dict[str, Call]] = {
    "segment": _like_segment("segment"),
    "posthog": {
        "events": Call(
            "posthog_events",
            "events",
            {"persons": "persons"},
            {"account_key": "'company'"},
        ),
        "users": Call(
            "posthog_users", "persons", {}, {"account_key": "'company_id'"}
        ),
        "accounts": Call(
            "posthog_accounts", "events", {}, {"account_key": "'company'"}
        ),
    },
    "rudderstack": _like_segment("rudderstack"),
    "amplitude": {
        "events": Call(
            "amplitude_events",
            "events",
            {"merge_ids": "merge_ids"},
            {"account_key": "'company'"},
        ),
        "users": Call(
            "amplitude_users", "events", {}, {"account_key": "'company'"}
        ),
        "accounts": _ACCOUNTS_OF_EVENTS,
    },
    "mixpanel": {
        "events": Call(
            "mixpanel_events",
            "mp_master_event",
            {"identities": "mp_identity_mappings_data"},
            {"account_key": "'company_id'"},
        ),
        "users": Call(
            "mixpanel_users",
            "mp_people_data",
            {"identities": "mp_identity_mappings_data"},
            {"account_key": "'company_id'"},
        ),
        "accounts": _ACCOUNTS_OF_EVENTS,
    },
    "snowplow": {
        "events": Call(
            "snowplow_events",
            "events",
            {},
            {
                "account_key": "'contexts_com_acme_account_1'",
                "account_path": "['id']",
            },
        ),
        "users": _USERS_OF_EVENTS,
        "accounts": _ACCOUNTS_OF_EVENTS,
    },
    "pendo": {
        "events": Call(
            "pendo_events",
            "feature_event",
            {
                "features": "feature_history",
                "page_events": "page_event",
                "pages": "page_history",
            },
        ),
        "users": Call("pendo_users", "visitor_history"),
        "accounts": Call("pendo_accounts", "account_history"),
        "memberships": Call("pendo_memberships", "visitor_account_history"),
    },
    "ga4": {
        "events": Call(
            "ga4_events", "events", {}, {"account_key": "'company_id'"}
        ),
        "users": _USERS_OF_EVENTS,
        "accounts": _ACCOUNTS_OF_EVENTS,
    },
}


def model_files(tool: str, folder: Path) -> dict[Path, str]:
    """Returns input models for a tool's tables, and the source they read.

    Args:
        tool: One of TOOLS.
        folder: The folder of a dbt project's models.

    Returns:
        File to write -> its text.

    Raises:
        UserError: The tool has no mappings, or a file already exists.
    """
    known_tool(tool)
    files = {
        folder / f"product_signals_{name}.sql": _model(tool, call)
        for name, call in TOOLS[tool].items()
    }
    tables = dict.fromkeys(
        table
        for call in TOOLS[tool].values()
        for table in (call.table, *call.tables.values())
        if table
    )
    files[folder / SOURCES] = (
        "# Where the tables are: put in their schema, and an identifier where"
        " one has\n# another name in your warehouse.\n"
        "version: 2\n\nsources:\n"
        f"  - name: {tool}\n    schema: {tool}\n    tables:\n"
        + "".join(f"      - name: {table}\n" for table in tables)
    )
    refuse_existing(files)
    return files


def known_tool(tool: str) -> None:
    """Raises a UserError if a tool has no mappings."""
    if tool not in TOOLS:
        raise UserError(
            f"--vendor {tool}: there are mappings for {', '.join(TOOLS)}"
        )


def left_to_do(tool: str, folder: Path) -> list[str]:
    """Lists, in sentences, what users still have to do in a tool's models."""
    calls = TOOLS[tool]
    events = folder / "product_signals_events.sql"
    accounts = folder / "product_signals_accounts.sql"
    left = [f"Say in {folder / SOURCES} where the tables are."]
    if "account_key" in calls["events"].arguments:
        left.append(
            f"Say in {events} what names an event's account: account_key is a"
            " guess."
        )
    if calls["accounts"].table:
        left.append(
            f"Name what {tool} knows of an account, its money and its owner"
            f" above all, in {accounts}:"
            " traits={'mrr': 'mrr', 'csm': 'account_owner'}."
        )
    else:
        left.append(
            "Join what your CRM knows of an account, its money and its owner"
            f" above all, in {accounts}: {tool}'s events only name accounts."
        )
    if "memberships" in TOOLS[tool]:
        left.append(
            "Set the variable memberships_model: product_signals_memberships;"
            " product-signals seeds --project-dir does so."
        )
    return left


def _model(tool: str, call: Call) -> str:
    arguments = [
        _source(tool, call.table)
        if call.table
        else "ref('product_signals_events')",
        *(
            f"{name}={_source(tool, table)}"
            for name, table in call.tables.items()
        ),
        *(f"{name}={value}" for name, value in call.arguments.items()),
    ]
    return (
        f"{{{{ product_signals.{call.macro}(\n    "
        + ",\n    ".join(arguments)
        + "\n) }}\n"
    )


def _source(tool: str, table: str) -> str:
    return f"source('{tool}', '{table}')"
