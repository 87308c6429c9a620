"""The page that `product-signals report` writes, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from command import call
from portfolio import IDS, NAMES, write_portfolio
from product_signals.errors import UserError
from product_signals.public_tables import in_database
from product_signals.report import write_report
from product_signals.report.words import ago, anchor, floored
from typer.testing import Result

# Elements without an end tag.
VOID = {"meta", "br", "img", "input", "link", "hr"}
# Elements that don't separate words.
INLINE = {"a", "bdi", "strong", "time"}


class Page(HTMLParser):
    """Parses the page as a browser would: elements, each with its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[list[str]] = []
        self.open: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in INLINE:
            self.handle_data(" ")
        self.elements.append((tag, dict(attributes)))
        self.texts.append([])
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag):
        while self.elements[self.open.pop()][0] != tag:
            pass

    def handle_data(self, data):
        for index in self.open:
            self.texts[index].append(data)

    def all(self, tag: str, **wanted: str) -> list[str]:
        """The texts of elements, with runs of blanks as one."""
        return [
            " ".join("".join(text).split())
            for (name, attributes), text in zip(
                self.elements, self.texts, strict=True
            )
            if name == tag
            and all(
                attributes.get(key.rstrip("_")) == value
                for key, value in wanted.items()
            )
        ]


def report(*arguments: object) -> Result:
    return call("report", *arguments)


def written(database: Path) -> str:
    """The page that `report` writes of a database."""
    result = report("--database", database)
    assert result.exit_code == 0, result.output
    return database.with_suffix(".html").read_text("utf-8")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio")
    return write_portfolio(folder / "made.duckdb", 40)


@pytest.fixture(scope="module")
def text(database: Path) -> str:
    result = report("--database", database)
    assert result.exit_code == 0, result.output
    page = database.with_suffix(".html")
    assert str(page) in result.output.replace("\n", "")
    return page.read_text("utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_the_portfolio_line(page: Page) -> None:
    tiles = page.all("ul", class_="tiles")[0]
    # Accounts 1 to 40, without those divisible by 10: 12 in each grade; 20 odd
    # ones to act on, worth 10 × (1 + 3 + … + 39).
    assert "Live accounts 36 12 green 12 yellow 12 red 4 more have" in tiles
    assert "Users active in 7 days 600 +10 (+2 %) on the week before." in tiles
    assert "60 accounts: +1 (+2 %) on the week before." in tiles
    assert "Signals to act on 20 in 20 accounts: 20 high." in tiles
    assert "40 are open in all, 40 of them opened in the last 7 days" in tiles
    assert "MRR behind them 4,000 56 % of the 7,200 of live accounts" in tiles
    [warning] = page.all("section", class_="warning")
    assert warning.endswith(
        "rejected rows (warn): 3; see <b>rejected_events</b>"
    )


def test_segments_and_revenue(page: Page) -> None:
    """J6: what a manager looks at, apart from accounts and users."""
    [plan] = page.all("details", class_="segment")
    assert plan.startswith("plan: 2 values, mean score 30 to 60")
    assert "<b>gold</b> 24 7 60 −5 80 1 · 2 · 21 50 % –" in plan
    months = page.all("section", id="revenue")[0]
    assert "June 2024, so far 1,000 100.50 0 50 20 −30 −40 0 1,100.50" in months
    assert "July 2023 1,000" in months
    assert "June 2023" not in months
    assert months.count("95.4 % 101.6 % –") == 12


def test_lists_say_who_why_and_since_when(page: Page) -> None:
    work = page.all("tr", role="row")
    first = next(row for row in work if row.startswith("Account 11 "))
    assert (
        "high Gone quiet, since 27 Jun 2024 last active 30 days ago"
        " Now: last active 33 days ago"
    ) in first
    assert first.endswith("Call them")
    # 9 × 53 and 9 × 37 mod 101.
    assert any(
        "73 → 30 since 2 Jun 2024 (−43 through its own activity) event_0 110"
        " → 100 points, event_1 110 → 101 points" in row
        for row in work
        if row.startswith("Account 9 ")
    )
    assert any(
        "Account 2 qualified since 20 Jun 2024 nobody in touch"
        " 10 50.00 % of 20; 3 of 4 of its kind converted"
        in row
        and "On 19 Jun 2024: activation 80 % ≥ 60 % Now: activation 90 %,"
        " score 30 golden lead: activation high, engagement high,"
        " communication not known; trial ends on 10 Jul 2024"
        in row
        for row in work
    )
    assert "July 2024 Ann 3 (1 without a value) 30 15 10 to 20" in work


@pytest.mark.parametrize("without", ["null", "0"])
def test_mrr_and_deal_sizes_are_not_added_up(
    tmp_path: Path, without: str
) -> None:
    """F12: one is monthly, the other not. A trial may have an MRR of 0."""
    database = write_portfolio(tmp_path / "deals.duckdb", 4, weeks=1)

    def tile() -> str:
        page = Page(written(database))
        return page.all("ul", class_="tiles")[0]

    # Two of the four accounts are on the work list.
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__accounts set mrr = 10, deal_size = 9;"
            f"update product_signals__accounts set mrr = {without},"
            " deal_size = 500 where account_id in (select account_id from"
            " product_signals__work_list limit 1);"
            "update product_signals__work_list set account_value = ("
            "select mrr from product_signals__accounts as accounts where"
            " accounts.account_id = product_signals__work_list.account_id)"
        )
    # The work list says either, under that title.
    label = {"data-label": "MRR or deal size"}
    assert {"10", "500"} == set(Page(written(database)).all("td", **label))
    assert "MRR behind them 10 33 % of the 30 of live accounts" in tile()
    assert "deal sizes of 500, of 500 in all." in tile()
    with duckdb.connect(str(database)) as connection:
        connection.execute("update product_signals__accounts set mrr = null")
    assert "Deal size behind them 509 97 % of the 527 of" in tile()


def test_an_accounts_chart_says_where_another_profile_begins(
    tmp_path: Path,
) -> None:
    """C10: score and health before that day are no past of those after it."""
    database = write_portfolio(tmp_path / "profiles.duckdb", 4, weeks=4)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__accounts_daily set profile = 'trial'"
            " where account_id = 'a1' and as_of_date < date '2024-06-20'"
        )
    text = written(database)
    assert text.count("measured by another profile</span>") == 1
    # The days between aren't read, so it doesn't say that it began on one.
    words = "profile trial on 16 Jun 2024, engagement on 23 Jun 2024"
    assert text.count(f"<title>{words}</title>") == 1
    assert f'; {words}"' in text


def test_movers_have_moved_as_written(tmp_path: Path) -> None:
    """Not "45 → 45 (−1 through its own activity)", nor "58 → 60 (0 …)"."""
    database = write_portfolio(tmp_path / "moved.duckdb", 4, weeks=1)
    scores = {
        "a1": (45.9, 45.1, -0.8),
        "a2": (58, 60, 0.5),
        "a3": (30.1, 29.4, -0.7),
        "a4": (70, 71, 0.6),
    }
    with duckdb.connect(str(database)) as connection:
        for account_id, (before, now, own) in scores.items():
            connection.execute(
                "update product_signals__accounts set previous_score = ?,"
                " score = ?, score_change = ?, behavior_change = ?"
                " where account_id = ?",
                [before, now, now - before, own, account_id],
            )
    moved = Page(written(database)).all("td", **{"data-label": "Score"})
    assert [text.split(" since ")[0] for text in moved] == [
        "30 → 29",
        "70 → 71",
    ]


def test_who_has_left_pays_nothing_more(tmp_path: Path) -> None:
    """A cancellation of today is on the work list; its MRR is not a live one's.

    "145 % of the 660 of live accounts".
    """
    database = write_portfolio(tmp_path / "left.duckdb", 4, weeks=1)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__accounts set lifecycle_stage = 'churned'"
            " where account_id = 'a3'"
        )
    page = Page(written(database))
    tiles = page.all("ul", class_="tiles")[0]
    assert "1 more has left." in tiles
    assert "Signals to act on 2 in 2 accounts: 2 high." in tiles
    # Of accounts 1, 2 and 4, the first is on the list.
    assert "MRR behind them 10 14 % of the 70 of live accounts" in tiles


def test_segments_show_the_main_profile(tmp_path: Path) -> None:
    """J6: another profile fits as many accounts, and its name comes first."""
    database = write_portfolio(tmp_path / "profiles.duckdb", 11, weeks=1)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into product_signals__segment_scores by name"
            " select * replace ('admins' as profile, 0 as mean_score)"
            " from product_signals__segment_scores"
            " where profile = 'engagement'"
        )
    page = Page(written(database))
    [plan] = page.all("details", class_="segment")
    assert plan.startswith("plan: 2 values, mean score 30 to 60")


def test_who_leaves_later_is_still_there(tmp_path: Path) -> None:
    """A deactivated_at ahead is a notice; known_users count them, too."""
    database = write_portfolio(tmp_path / "leaving.duckdb", 20, weeks=1)
    with duckdb.connect(str(database)) as connection:
        [[as_of]] = connection.execute(
            "select max(as_of_date) from product_signals__accounts"
        ).fetchall()
        for n, days in ((1, 1), (2, 0)):
            # East of UTC, midnight is on the day before in UTC.
            connection.execute(
                "update product_signals__users set deactivated_on = $1,"
                " deactivated_at = $1 - interval '1 hour'"
                f" where user_id = 'a11-u{n}'",
                [as_of + timedelta(days=days)],
            )
    page = Page(written(database))
    [one] = [text for text in page.all("article") if " Account 11 a11" in text]
    assert "User 1 of Account 11 leads" in one
    assert "User 2 of Account 11" not in one


def test_a_contract_ends_on_the_day_that_rules_count_to(tmp_path: Path) -> None:
    """In a time zone east of UTC, midnight is on the day before in UTC."""
    database = write_portfolio(tmp_path / "ending.duckdb", 11, weeks=1)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__accounts set days_to_contract_end = 10,"
            " contract_ends_at = as_of_date + 10 - interval '1 hour'"
        )
    page = Page(written(database))
    [one] = [text for text in page.all("article") if " Account 11 a11" in text]
    assert "Contract ends 10 Jul 2024" in one


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "less than a day ago"), (1, "1 day ago"), (1200, "1,200 days ago")],
)
def test_how_long_ago(days: int, text: str) -> None:
    assert ago(days) == text


def test_each_account_on_a_list_has_a_page(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.elements}
    links = {
        attributes["href"] for tag, attributes in page.elements if tag == "a"
    }
    assert anchor(IDS[7]) in ids
    assert {link.removeprefix("#") for link in links} <= ids
    # Only odd accounts, leads and movers.
    articles = page.all("article")
    assert 20 < len(articles) < 40
    [eleven] = [one for one in articles if " Account 11 a11" in one]
    for part in (
        "high Gone quiet, since 27 Jun 2024",
        "Now: last active 33 days ago",
        "→ success: Call them",
        "News, and what is set aside: Something else (since 26 Jun 2024).",
        "Confidence in the score: medium (few users or events). Health",
        "against 2 Jun 2024",
        "event_0 110 100 −10",
        "User 1 of Account 11 leads",
        "the first 10 of 20",
        "Feature 0 ★ used 20 1 Jun 2024",
        "Timeline 27 Jun 2024 Thing 0 happened 26 Jun 2024 Thing 1 happened",
        "Thing 24 happened",
    ):
        assert part in eleven, part
    assert "Thing 25 happened" not in eleven


def test_names_stay_texts(text: str, page: Page) -> None:
    assert NAMES[1] in page.all("article", id="account-a1")[0]
    assert NAMES[1] not in text
    assert not page.all("img")
    # Nothing that reverses the text after it; the id replaces a blank name.
    assert "\u202e" not in text
    assert page.all("h1", id="account-a5-title") == ["a5"]
    kinds = [
        attributes.get("type")
        for tag, attributes in page.elements
        if tag == "script"
    ]
    assert kinds == ["application/json", None, None]
    json.loads(page.all("script", id="charts")[0])


def test_it_needs_no_network_and_no_eval(text: str, page: Page) -> None:
    for tag, attributes in page.elements:
        assert "src" not in attributes, tag
        assert attributes.get("href", "#").startswith("#"), tag
        # The policy would block both.
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    [policy] = [
        attributes["content"]
        for tag, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    inside = re.findall(r"<(script|style)>(.*?)</\1>", text, re.S)
    assert len(inside) == 3
    for _, content in inside:
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_charts_are_there_without_the_script(text: str, page: Page) -> None:
    names = ["grades", "trend", "actives", "funnel-1", "features"]
    charts = re.findall(
        r'<div class="chart" role="img" data-chart="([^"]+)"'
        r' aria-label="([^"]+)">(<svg .*?</svg>)</div>',
        text,
        re.S,
    )
    assert [name for name, *_ in charts] == names
    for _, label, svg in charts:
        assert len(label) > 40
        assert svg.count("<path") > 5
    assert page.all("figcaption").index("Users active in 7 days") >= 0
    # The same in figures, with the newest day first.
    tables = page.all("table", class_="figures")
    assert tables[0].startswith(
        "Accounts by health grade Day green yellow red 30 Jun 2024 12 12 12"
    )
    # 12 × (20 + 45 + 80) / 36.
    assert "30 Jun 2024 48.3 " in tables[1]
    assert "30 Jun 2024 600 60 23 Jun 2024 590 59" in tables[2]
    assert "Feature 9 45" in tables[4]


def test_it_is_small(text: str, page: Page) -> None:
    pages = sum(
        len(one) for one in re.findall(r"<article.*?</article>", text, re.S)
    )
    assert len(text.encode()) - pages < 1_000_000
    assert pages < 25_000 * len(page.all("article"))


def test_a_part_that_is_switched_off(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    off = (
        "leads",
        "activity_daily",
        "feature_usage",
        "activation_steps",
        "segment_scores",
    )
    with in_database(database) as ask:

        def without(query: str, *values: object) -> list[dict]:
            if any(f"{{{name}}}" in query for name in off):
                raise UserError("has no such model")
            return ask(query, *values)

        from product_signals.errors import UserError

        write_report(without, out)
    shown = Page(out.read_text("utf-8"))
    for name in off:
        assert f"product_signals__{name} is switched off." in shown.all("p")
    assert len(re.findall("data-chart=", out.read_text("utf-8"))) == 2


def test_a_quiet_portfolio(tmp_path: Path) -> None:
    quiet = write_portfolio(tmp_path / "quiet.duckdb", 2, weeks=1)
    with duckdb.connect(str(quiet)) as connection:
        for name in ("work_list", "signals", "leads", "activation_steps"):
            connection.execute(f"delete from product_signals__{name}")
        connection.execute(
            "update product_signals__accounts set mrr = null, csm = null,"
            " health_grade = null, health_grade_order = null, score_change = 0"
        )
    result = report("--database", quiet, "--out", tmp_path / "deep" / "a.html")
    assert result.exit_code == 0, result.output
    shown = Page((tmp_path / "deep" / "a.html").read_text("utf-8"))
    said = " ".join(shown.all("main"))
    for part in (
        "Live accounts 2 2 without a grade",
        "Not known: no account has an mrr or a deal_size.",
        "Nothing is to be done",
        "No score went down.",
        "No account is on trial.",
        "No live account has a checklist.",
    ):
        assert part in said, part


def test_a_grade_has_its_colour_whoever_has_the_others(tmp_path: Path) -> None:
    """With all accounts yellow, yellow was drawn as the best grade, green."""
    database = write_portfolio(tmp_path / "yellow.duckdb", 3, weeks=2)
    with duckdb.connect(str(database)) as connection:
        for name in ("accounts", "accounts_daily"):
            connection.execute(
                f"update product_signals__{name}"
                " set health_grade = 'yellow', health_grade_order = 2"
            )
        # A week ago, they were all red.
        connection.execute(
            "update product_signals__accounts_daily set health_grade = 'red',"
            " health_grade_order = 1 where as_of_date < date '2024-06-30';"
            "update product_signals__segment_scores"
            " set best_grade_accounts = 0 where attribute = 'all'"
        )
    text = written(database)
    assert "grade-best" not in text.split("</style>")[1]
    shown = Page(text)
    assert set(shown.all("span", class_="grade grade-middle")) == {"yellow"}
    legend = shown.all("span", class_="key")
    assert legend[1:3] == ["yellow", "red"]
    swatches = shown.all("span", class_="swatch grade-worst")
    assert len(swatches) == 1


def test_one_trial_of_unknown_worth(tmp_path: Path) -> None:
    """It was "1 open trials, worth 0", though nobody knows its value."""
    database = write_portfolio(tmp_path / "trial.duckdb", 1, weeks=1)

    def note() -> str:
        page = Page(written(database))
        return " ".join(page.all("section", id="leads"))

    assert "1 open trial, worth 5: deal size" in note()
    page = database.with_suffix(".html").read_text("utf-8")
    assert "Of 1 live account, fewest have met" in page
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__leads"
            " set expected_value = null, deal_size = null"
        )
    assert "1 open trial, of no known worth: deal size" in note()


def test_more_segments_than_are_shown(tmp_path: Path) -> None:
    """Only readers of the hidden caption were told that some are left out."""
    database = write_portfolio(tmp_path / "many.duckdb", 3, weeks=1)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into product_signals__segment_scores by name select"
            " 'engagement' as profile, 'csm' as attribute,"
            " 'Csm ' || n as value, date '2024-06-30' as as_of_date,"
            " 30 - n as accounts from range(15) as counted (n)"
        )
    shown = Page(written(database))
    assert any(
        one.startswith("csm: 15 values, the largest 12 below")
        for one in shown.all("summary")
    )


def test_a_figure_is_the_same_all_over_the_page(tmp_path: Path) -> None:
    """89.9 was "Habit 89 %" above the table, and 90 in it."""
    database = write_portfolio(tmp_path / "same.duckdb", 11, weeks=2)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update product_signals__accounts"
            " set habit = 89.9, score = 49.96, score_change = -0.06;"
            "update product_signals__health_components"
            " set metric_value = 89.9;"
            "update product_signals__accounts_daily set score = 49.96"
        )
    shown = Page(written(database))
    [eleven] = [one for one in shown.all("article") if " Account 11 a11" in one]
    for part in ("Habit 89 %", "habit 89.90 20", "Score 49, 0 since"):
        assert part in eleven, part
    assert "30 Jun 2024 80 49.96" in eleven
    assert "50.0" not in eleven


def test_no_account_yet(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    with (
        in_database(write_portfolio(tmp_path / "a.duckdb", 0, 1)) as ask,
        pytest.raises(UserError, match="accounts has no row yet: the page"),
    ):
        write_report(ask, out)
    assert not out.exists()


def test_users_without_an_account(database: Path, tmp_path: Path) -> None:
    """They are not the whole product."""
    copy = Path(shutil.copy(database, tmp_path / "copy.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        for account, entity in (("a1", "product"), ("a11", "user")):
            connection.execute(
                "update product_signals__work_list set account_id = null,"
                f" account_name = null, entity = '{entity}'"
                f" where account_id = '{account}'"
            )
    text = written(copy)
    assert text.count("<bdi>The whole product</bdi>") == 1
    assert text.count("<bdi>Users without an account</bdi>") == 1


def test_a_file_that_is_replaced_keeps_its_permissions(
    database: Path, text: str
) -> None:
    out = database.with_suffix(".html")
    assert out.stat().st_mode & 0o777 == 0o600
    out.chmod(0o644)
    report("--database", database, "--accounts", 2)
    assert out.stat().st_mode & 0o777 == 0o644
    assert "The first 2 of 20 accounts." in " ".join(
        Page(out.read_text("utf-8")).all("p", class_="note")
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (49.99, "49"), (50, "50"), (1.5, "1"), (0.67, "0.67"), (0.5, "0.5"),
        (0, "0"), (None, "–"),
    ],
)  # fmt: skip
def test_a_score_does_not_reach_the_next_band(
    value: float | None, text: str
) -> None:
    """M12: 49.99 is medium, and 50 is high."""
    assert floored(value) == text
