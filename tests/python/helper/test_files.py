"""Files are read whole or refused with the line; no text runs as SQL (L8)."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import time
import uuid
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from odd_files import (
    HEADER,
    OddFile,
    csv_files,
    is_read_whole_or_refused,
    load,
)
from product_signals.config import read_config
from product_signals.errors import UserError
from product_signals.gate import check_seeds
from product_signals.inputs import (
    REQUIRED,
    InputFile,
    load_inputs,
    parse_column_map,
    unused_columns,
    usual_names,
)
from product_signals.names import alike, words
from product_signals.project import write_project
from product_signals.render import input_columns
from product_signals.rules import check_rules, connect
from product_signals.seeds import write_seeds
from product_signals.starter import from_files

HEAD = ",".join(HEADER) + "\n"
ROW = ("e1", "u1", "work", "2024-01-01")
LINE = ",".join(ROW) + "\n"
# Quotes, comments, file name patterns, Jinja, a terminal escape.
NASTY = (
    """a"b'c; drop table x; -- [x]*? {{ 1/0 }} {% raw %} ${HOME} é \x1b[31m"""
)


def write(folder: Path, content: str | bytes, name: str = "ev.csv") -> Path:
    path = folder / name
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    return path


def refused(file: InputFile, name: str = "events") -> list[str]:
    with pytest.raises(UserError) as error:
        load(file, name)
    return error.value.problems


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (HEAD + LINE, [ROW]),
        (HEAD + LINE.rstrip(), [ROW]),
        ((HEAD + LINE).replace("\n", "\r\n"), [ROW]),
        ((HEAD + LINE).replace("\n", "\r"), [ROW]),
        ((HEAD + LINE).replace(",", ";"), [ROW]),
        ((HEAD + LINE).replace(",", "\t"), [ROW]),
        ((HEAD + LINE).replace(",", "|"), [ROW]),
        (("\ufeff" + HEAD + LINE), [ROW]),
        ('\ufeff"event_id",' + HEAD[9:] + LINE, [ROW]),
        (HEAD.upper() + LINE, [ROW]),
        (HEAD.replace(",", " , ") + LINE, [ROW]),
        (HEAD + "\n" + LINE + "\n\n", [ROW]),
        # A delimiter at the end of each line adds no value.
        (HEAD + "e1,u1,work,2024-01-01,\n", [ROW]),
        (HEAD + '007,"a ""b""\nc;d",,""\n',
         [("007", 'a "b"\nc;d', None, None)]),
        (HEAD + "#1,u\\,5\" pipe,NULL\n", [("#1", "u\\", '5" pipe', "NULL")]),
        # The first quoted cell is far beyond any sample.
        (HEAD + LINE * 30_000 + '"a,b",u,w,t\n', [ROW] * 30_000
         + [("a,b", "u", "w", "t")]),
        # A comma splits these lines into more parts than the real delimiter.
        ("event_id;user_id;event_name;occurred_at;a,b,c,d,e\n1;2;3;4;5\n",
         [("1", "2", "3", "4", "5")]),
        ("," + HEAD + "0," + LINE, [("0", *ROW)]),
    ],
)  # fmt: skip
def test_csvs_are_read(tmp_path: Path, content: str, rows: list) -> None:
    assert load(InputFile(write(tmp_path, content))) == rows
    path = write(tmp_path, gzip.compress(content.encode()), "ev.CSV.gz")
    assert load(InputFile(path)) == rows


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (HEAD + LINE + "e2,u2,work\n",
         'line 3: has 3 values, the header has 4 columns ("e2,u2,work")'),
        (HEAD + "e2,u2,work,2024,x\n" + LINE,
         "line 2: has 5 values, the header has 4 columns"),
        (HEAD + '"a\nb",u,w,t\n' + LINE + "2 rows\n",
         'line 5: has 1 value, the header has 4 columns ("2 rows")'),
        (HEAD + LINE + HEAD[:-1] + ",source\n",
         "line 3: has 5 values, the header has 4 columns: it is a header"),
        ((HEAD + LINE).encode("utf-16"), "line 1: is not UTF-8: save it as"),
        ((HEAD + LINE).encode("utf-16-le"), "line 1: has a NUL character"),
        ((HEAD + LINE + "é,u,w,t\n").encode("latin-1"),
         "line 3: is not UTF-8: save it as UTF-8"),
        (HEAD + LINE + "a\0b,u,w,t\n", "line 3: has a NUL character"),
        (HEAD + LINE + LINE.replace("\n", "\r\n"),
         "line 3: ends in CR LF, the header in LF; save it with one kind"),
        (HEAD + LINE + '"e1,u1,work,2024\n' + LINE,
         "line 3: begins a value with a quote that nothing ends"),
        (HEAD + '"a"b,u,w,t\n', "line 2: has text right after the quote"),
        ("", "is empty, or begins with an empty line"),
        ("\n" + HEAD + LINE, "is empty, or begins with an empty line"),
        (HEAD, "has no events; give a file that has"),
        ("user_id," + HEAD + "u," + LINE, "has two columns user_id"),
        ("Event_ID," + HEAD + "u," + LINE, "has two columns event_id"),
        ('"a\nb",' + HEAD + "u," + LINE, "line 1: has a line break in the"),
        (HEAD.replace("event_id", "eventid") + LINE, "did you mean eventid?"),
        # Line breaks of another kind in a part that DuckDB reads separately:
        # it silently leaves out these lines.
        (HEAD + LINE.replace("work", "work" * 100) * 100_000 + "1,2,3,4\r\n",
         "line 100002: ends in CR LF, the header in LF"),
    ],
)  # fmt: skip
def test_csvs_are_refused(
    tmp_path: Path, content: str | bytes, problem: str
) -> None:
    path = write(tmp_path, content)
    [message] = refused(InputFile(path))
    assert message.startswith(str(path))
    assert problem in message


def test_two_exports_in_one_file_name_the_first_lines(tmp_path: Path) -> None:
    longer = LINE[:-1] + ",web\n"
    path = write(tmp_path, HEAD + LINE * 3 + longer * 1_200)
    problems = refused(InputFile(path))
    assert [p.partition(": ")[0] for p in problems[:5]] == [
        f"{path}, line {line}" for line in range(5, 10)
    ]
    assert problems[5:] == [f"{path}: and 1,195 more such lines"]


def test_a_huge_cell_is_refused_in_seconds(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + LINE + f"e2,u,{'x' * 120_000_000},t\n")
    started = time.monotonic()
    [message] = refused(InputFile(path))
    assert "line 3: is longer than 10,000,000 bytes" in message
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-9],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-6] + b"\0" + content[-5:],
        lambda content: content + b"xxxx",
        lambda _: (HEAD + LINE).encode(),
    ],
)
def test_a_damaged_gz_is_refused(tmp_path: Path, damage) -> None:
    lines = "".join(f"e{n},u,w,t\n" for n in range(100_000))
    content = damage(gzip.compress((HEAD + lines).encode()))
    [message] = refused(InputFile(write(tmp_path, content, "ev.csv.gz")))
    assert "ev.csv.gz: can't be unpacked (" in message


def test_what_is_not_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "ev.csv"
    folder.mkdir()
    assert refused(InputFile(folder)) == [f"{folder}: is a folder; name a file"]
    nowhere = InputFile(tmp_path / "ev\0.csv")
    assert "there is no such file" in refused(nowhere)[0]
    device = tmp_path / "device.csv"
    device.symlink_to("/dev/null")
    assert "device.csv: is a pipe or a device" in refused(InputFile(device))[0]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(file=csv_files())
def test_any_file_is_read_whole_or_refused(
    tmp_path_factory: pytest.TempPathFactory, file: OddFile
) -> None:
    """Python's reader decides what is right; `make fuzz` tries more."""
    is_read_whole_or_refused(tmp_path_factory.getbasetemp(), file)


def parquet(folder: Path, query: str) -> Path:
    path = folder / "ev.parquet"
    duckdb.sql(query).write_parquet(str(path))
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12", "12"),
        ("cast(12 as double)", "12"),
        ("cast(12 as float)", "12"),
        ("cast(12 as decimal(10, 2))", "12"),
        ("cast(120 as decimal(10, 2))", "120"),
        ("cast(120 as decimal(38, 0))", "120"),
        ("cast(1.50 as decimal(10, 2))", "1.5"),
        ("cast(1.5 as double)", "1.5"),
        ("cast(-0.0 as double)", "0"),
        ("cast(123456789012 as double)", "123456789012"),
        ("cast('nan' as double)", None),
        ("cast(null as double)", None),
        ("'007'", "007"),
        ("'12'::blob", "12"),
        ("'1.0'", "1.0"),
        ("uuid '00000000-0000-4000-8000-000000000001'",
         str(uuid.UUID("00000000-0000-4000-8000-000000000001"))),
    ],
)  # fmt: skip
def test_ids_of_parquet_files_are_texts(
    tmp_path: Path, value: str, text: str | None
) -> None:
    path = parquet(
        tmp_path,
        f"select {value} as user_id, {value} as account_id, 1.50 as created_at",
    )
    [row] = load(InputFile(path), "users")
    assert row[:2] == (text, text)
    assert str(row[2]) == "1.50"  # only ids are changed


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("cast(9007199254740992 as double)", "exact below 9,007,199,254,740,"),
        ("cast('inf' as double)", "has an id inf in floating point"),
        ("cast(16777216 as float)", "is exact below 16,777,216 only"),
        ("'\\xFF'::blob", 'holds bytes ("\\xFF") that spell no text'),
        ("[1, 2]", "holds integer[] values; export one value per row"),
        ("{'id': 1}", "holds struct values; export one value per row"),
        ("map {'id': 1}", "holds map values; export one value per row"),
    ],
)
def test_ids_that_parquet_can_not_hold_are_refused(
    tmp_path: Path, value: str, problem: str
) -> None:
    path = parquet(
        tmp_path, f"select {value} as user_id, 1 as account_id, 1 as created_at"
    )
    [message] = refused(InputFile(path), "users")
    assert message.startswith(f"{path}: column user_id ")
    assert problem in message


def test_parquet_files_that_are_refused(tmp_path: Path) -> None:
    columns = "1 as user_id, 1 as account_id, 1 as created_at"
    path = parquet(tmp_path, f"select {columns}, {{'a': 1}} as properties")
    assert load(InputFile(path), "users")[0][3] == {"a": 1}
    whole = path.read_bytes()
    for size in (0, 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        [message] = refused(InputFile(path), "users")
        assert message.startswith(f"{path}: can't be read (")
    path = parquet(tmp_path, f"select {columns} limit 0")
    assert (
        "has no users; give a file that has"
        in refused(InputFile(path), "users")[0]
    )


def test_a_mapped_column_wins(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "event_id,user_id,event_name,occurred_at,received_at\n1,2,3,then,now\n",
    )

    def loaded(*entries: str) -> dict[str, str]:
        columns = parse_column_map([f"events.{entry}" for entry in entries])
        with duckdb.connect() as connection:
            load_inputs(
                connection, {"events": InputFile(path, columns["events"])}
            )
            table = connection.sql("from raw.events")
            return dict(zip(table.columns, table.fetchall()[0], strict=True))

    rest = {"event_id": "1", "user_id": "2", "event_name": "3"}
    assert loaded("occurred_at=received_at") == rest | {"occurred_at": "now"}
    assert loaded("OCCURRED_AT=Received_At") == rest | {"occurred_at": "now"}
    # Each name may mean the other column, and one may mean both.
    assert loaded(
        "occurred_at=received_at", "received_at=occurred_at"
    ) == rest | {"occurred_at": "now", "received_at": "then"}
    assert loaded(
        "occurred_at=occurred_at", "loaded_at=occurred_at"
    ) == rest | {
        "occurred_at": "then", "loaded_at": "then", "received_at": "now",
    }  # fmt: skip
    # What the input needs is still there under its own name.
    assert loaded("account_id=user_id", "loaded_at=received_at") == rest | {
        "occurred_at": "then", "account_id": "2", "loaded_at": "now",
    }  # fmt: skip


def accounts(tmp_path: Path, *columns: str, **mapped: str) -> InputFile:
    row = ",".join("x" for _ in columns)
    path = write(tmp_path, f"{','.join(columns)}\n{row}\n", "accounts.csv")
    return InputFile(path, mapped)


def test_usual_names_are_known(tmp_path: Path) -> None:
    def usual(*columns: str, **mapped: str) -> dict[str, str]:
        file = accounts(tmp_path, "account_id", "created_at", *columns)
        file.columns.update(mapped)
        sliced = {"accounts": ["Owner"]}
        [named] = usual_names({"accounts": file}, sliced).values()
        return named.usual

    assert usual("canceled_at") == {"cancelled_at": "canceled_at"}
    assert usual("Churn Date") == {"cancelled_at": "Churn Date"}
    assert usual("cancelledAt") == {"cancelled_at": "cancelledAt"}
    # A column is used only once, and an explicit mapping wins.
    assert usual("churned_at", "canceled_at") == {"cancelled_at": "canceled_at"}
    assert usual("CANCELLED_AT", "churned_at") == {}
    assert usual("left", "churned_at", cancelled_at="left") == {}
    assert usual("churned_at", contract_ends_at="Churned_at") == {}
    # A column that is an attribute already has a name.
    assert usual("owner", "account_manager") == {"csm": "account_manager"}
    # Required columns are not guessed.
    assert usual("id") == {}


def test_a_usual_name_is_loaded(tmp_path: Path) -> None:
    file = accounts(tmp_path, "account_id", "created_at", "churned_at", "who")
    inputs = usual_names({"accounts": file})
    with duckdb.connect() as connection:
        load_inputs(connection, inputs)
        assert connection.sql("from raw.accounts").columns == [
            "account_id",
            "created_at",
            "cancelled_at",
            "who",
        ]
    assert unused_columns(inputs) == {"accounts": ["who"]}
    assert unused_columns(inputs, {"accounts": ["WHO"]}) == {"accounts": []}


def test_a_column_that_is_mapped_to_nothing_is_not_used(
    tmp_path: Path,
) -> None:
    columns = ("account_id", "created_at", "gone", "plan", "tariff")
    file = accounts(tmp_path, *columns, canceled_at="gone", plan="tariff")
    assert unused_columns({"accounts": file}) == {"accounts": ["gone", "plan"]}


def test_usual_names_are_of_optional_columns() -> None:
    contract = input_columns()
    assert {
        name: list(columns["required"]) for name, columns in contract.items()
    } == REQUIRED
    for name, columns in contract.items():
        usual = words("columns").get(name, {})
        assert usual.keys() <= set(columns["optional"])
        names = [*REQUIRED[name], *columns["optional"]]
        names += [other for others in usual.values() for other in others]
        assert len(names) == len({alike(each) for each in names}), name


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["events.a=x", "events.A=y"], "events.A is mapped already, to x"),
        ([f"events.{NASTY}=x"], "is not a column name; write letters"),
        ([f"{NASTY}.a=x"], "there is no input a"),
    ],
)
def test_maps_that_make_no_sense(entries: list[str], message: str) -> None:
    with pytest.raises(UserError) as error:
        parse_column_map(entries)
    assert message in str(error.value)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose name is as nasty as its content."""
    folder = tmp_path_factory.mktemp("nasty") / NASTY / "user_id=5"
    folder.mkdir(parents=True)
    return folder


def test_a_nasty_text_is_a_text_in_files(nasty: Path) -> None:
    path = nasty / "ev*[1].csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *HEADER[1:], NASTY])
        writer.writerow([NASTY] * 5)
    # A pattern would match this file, too.
    shutil.copy(path, nasty / "ev*1.csv")
    for given_id in ("id", NASTY):
        file = InputFile(path, {"event_id": given_id})
        [row] = load(file)
        assert set(row) == {NASTY}
        with duckdb.connect() as connection:
            load_inputs(connection, {"events": file})
            copy = nasty / "ev?.parquet"
            connection.table("raw.events").write_parquet(str(copy))
        assert load(InputFile(copy)) == [row]
    assert (
        f"has no column {NASTY}'"
        in refused(InputFile(path, {"event_id": f"{NASTY}'"}))[0]
    )


def test_a_nasty_text_is_a_text_in_a_database(
    nasty: Path, tmp_path: Path
) -> None:
    """In the schema, and in the metric and value of a condition."""
    # DuckDB doesn't allow a ? in the path of a database.
    database = tmp_path / "it's [x]* {{ 1 }}.duckdb"
    columns = f"1 as {_quoted(NASTY)}, date '2024-01-01' as as_of_date"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"create schema {_quoted(NASTY)}; use {_quoted(NASTY)};"
            " create table product_signals__signals as select 7 as place;"
            " create table product_signals__accounts_daily as"
            f" select {columns};"
            " create table int_product_signals__account_figures as"
            " from product_signals__accounts_daily;"
            " create table int_product_signals__user_figures as"
            " select 2 as score, date '2024-01-01' as as_of_date"
        )
    with connect(database, NASTY) as connection:
        assert connection.sql("from product_signals__signals").fetchall() == [
            (7,)
        ]
    path = nasty / "config.yml"
    condition = {"metric": NASTY, "operator": "!=", "value": 2}
    path.write_text(
        "events: {work: {}}\nprofiles: {main: {}}\nsignals:\n  odd:"
        " {entity: account, severity: low, description: d, teams: [t],"
        " actions: [{team: t, action: a}],"
        f" groups: [[{json.dumps(condition)}]]}}\n"
        "  new: {entity: user, severity: low, description: d, teams: [t],"
        " actions: [{team: t, action: a}], groups: [["
        "{metric: attribute_team, operator: '=', value: a}]]}\n",
        encoding="utf-8",
    )
    odd, new = check_rules(read_config(path), path, database, NASTY)
    assert odd.startswith(f"{path}, line 4: signals.odd held on 1 of 1")
    assert new == (
        f"{path}, line 5: signals.new asks for attribute_team, which"
        f" {database} doesn't have yet; build it first"
    )


ODD_NAMES = [
    NASTY, 'a "b" c', "it's", "'quoted'", '"quoted"', "back\\slash", "\\", '"',
    "new\nline", "tab\tinside", "bell\x07", "del\x7f", "c1\x85", "\u2028line",
    "\ufeffmark", "日本語", "😀", "true", "~", "1", "1.0", "007", "2024-01-01",
    "a|b", "a,b", "a;b", "Case", "case", "- x", "# x", "key: value", "&a",
    "*a", "!tag", "%", "@", "?", "x" * 900, "none", ".", "=1+1", "\\N",
    ", weight_set=b", "(empty)", "configured_bands",
]  # fmt: skip
LEFT_OUT = {
    "null": "is read as an empty cell by dbt",
    "Null": "is read as an empty cell by dbt",
    "one\rtwo": "has a carriage return, which a seed can't hold",
    "y" * 10_000: "is longer than 1,000 characters",
}


def test_what_init_writes_seeds_reads(tmp_path: Path) -> None:
    """Whatever events are called; unusable names are listed (L7)."""
    names = [*ODD_NAMES, *LEFT_OUT, "  ", " Case ", "# x "]
    events = write(tmp_path, "")
    with events.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([HEADER, *(["e", "u", name, "t"] for name in names)])
    path = tmp_path / "product_signals.yml"
    text = from_files({"events": InputFile(events)}).text
    path.write_text(text, encoding="utf-8")
    config = read_config(path)
    assert sorted(config.events) == sorted(ODD_NAMES)
    assert text.count("# Left out: ") == len(LEFT_OUT)
    for reason in LEFT_OUT.values():
        assert f"{reason}.\n" in text
    # The gate, in SQL, reads every name and refuses none.
    write_seeds(config, tmp_path / "seeds")
    warnings = "\n".join(check_seeds(tmp_path / "seeds"))
    assert "is the number of weighted events" not in warnings


def test_a_project_takes_texts_as_they_are(nasty: Path, tmp_path: Path) -> None:
    """Names that are Jinja stay in the seeds, unrendered."""
    path = write(
        tmp_path,
        f"events: {{{json.dumps(NASTY)}: {{}}}}\nprofiles: {{main: {{}}}}\n",
        "config.yml",
    )
    project = nasty / "project"
    write_project(project, read_config(path), ["events"], nasty)
    for written in project.rglob("*.yml"):
        assert NASTY not in written.read_text(encoding="utf-8"), written
    catalog = project / "seeds" / "configured_event_catalog.csv"
    with catalog.open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == [NASTY]


def test_event_names_are_trimmed(tmp_path: Path) -> None:
    """Names that differ only by surrounding blanks are the same."""
    path = write(tmp_path, HEAD + LINE + LINE.replace("work", " work "))
    text = from_files({"events": InputFile(path)}).text
    assert text.count('  "work": # 2 events') == 1
    assert '" work' not in text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
