"""product-signals post: every alert at most once, and none lost unseen."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
from click.testing import Result
from command import call
from product_signals import cli, post
from typer.testing import CliRunner

TODAY = date(2024, 3, 12)
# Alert, team, delivery, day.
FEED = [
    ("before", "success", "message", "2024-03-11"),
    ("one", "success", "message", "2024-03-12"),
    ("two", "success", "message", "2024-03-12"),
    ("three", "success", "message", "2024-03-12"),
    ("told by another", "success", "digest", "2024-03-12"),
    ("base line", "success", "base_line", "2024-03-12"),
    ("silent", "success", "silent", "2024-03-12"),
    ("of others", "sales", "message", "2024-03-12"),
]


class Channel:
    """A webhook on this machine, with what it received and its next answers."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.asked = 0
        # Status and headers for each request, the last one repeated. A status
        # of 0 hangs up after the message was received.
        self.answers: list[tuple[int, dict[str, str]]] = [(200, {})]
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                text = json.loads(self.rfile.read(length))["text"]
                status, headers = channel.answers[
                    min(channel.asked, len(channel.answers) - 1)
                ]
                channel.asked += 1
                if status in (0, 200):
                    channel.taken.append(text)
                if status == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok" if status == 200 else b"no")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/secret"


@pytest.fixture
def channel() -> Iterator[Channel]:
    channel = Channel()
    thread = Thread(target=channel.server.serve_forever, args=[0.01])
    thread.start()
    yield channel
    channel.server.shutdown()
    channel.server.server_close()
    thread.join()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the seconds to wait, without waiting."""
    seconds: list[float] = []
    monkeypatch.setattr(post, "_wait", seconds.append)
    return seconds


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with duckdb.connect("product_signals.duckdb") as connection:
        connection.execute("create table product_signals__signals (x text)")
        connection.execute(
            "create table product_signals__accounts as"
            f" select date '{TODAY}' as as_of_date"
        )
        connection.execute(
            "create table product_signals__alerts_feed (place integer,"
            " alert_id text, team text, delivery text, detected_on date,"
            " severity text, changed_on date, detected_at timestamp, text text)"
        )
    tell(*FEED)
    return tmp_path


def tell(*rows: tuple[str, str, str, str]) -> None:
    """Adds rows to the feed."""
    with duckdb.connect("product_signals.duckdb") as connection:
        for place, (alert, team, delivery, day) in enumerate(rows):
            connection.execute(
                "insert into product_signals__alerts_feed values"
                f" ({place}, ?, ?, ?, ?, 'low', ?, timestamp '{day}'"
                f" + interval {place} second, ?)",
                [alert, team, delivery, day, day, f"*{alert}* &amp; ü"],
            )


def run(channel: Channel, *more: str, team: str = "success") -> Result:
    arguments = ["post", "--webhook", channel.address, *more]
    if team:
        arguments += ["--team", team]
    return call(*arguments)


def texts(*alerts: str) -> list[str]:
    return [f"*{alert}* &amp; ü" for alert in alerts]


@pytest.mark.usefixtures("folder", "waited")
def test_a_product_without_accounts(channel: Channel) -> None:
    """Users have alerts, too: nothing was sent, ever."""
    with duckdb.connect("product_signals.duckdb") as connection:
        connection.execute(
            "create table product_signals__users as"
            " from product_signals__accounts;"
            "delete from product_signals__accounts"
        )
    run(channel)
    assert channel.taken == texts("one", "two", "three")


@pytest.mark.usefixtures("folder")
def test_what_is_new_is_sent_once(
    channel: Channel, waited: list[float]
) -> None:
    """The first run starts with the last day, not with all of history."""
    result = run(channel)
    assert result.exit_code == 0, result.output
    assert channel.taken == texts("one", "two", "three")
    # Slack accepts one message per second.
    assert waited == [1, 1]
    assert run(channel).output == "Sent 0.\n"
    tell(("late", "success", "message", "2024-03-13"))
    assert run(channel).output == "Sent 1.\n"
    assert channel.taken[3:] == texts("late")
    # An earlier first day sends what was left out, and nothing twice.
    assert run(channel, "--since", "2024-03-11").output == "Sent 1.\n"
    assert channel.taken[4:] == texts("before")


@pytest.mark.usefixtures("folder")
def test_a_channel_is_for_one_team(channel: Channel) -> None:
    for team, message in (("", "success, sales"), ("nobody", "no alerts")):
        result = run(channel, team=team)
        assert result.exit_code == 1
        assert "--team" in result.output
        assert message in result.output or "sales, success" in result.output
    assert channel.asked == 0
    assert run(channel, team="sales").exit_code == 0
    assert channel.taken == texts("of others")


@pytest.mark.usefixtures("folder", "waited")
def test_each_team_has_a_first_day_of_its_own(channel: Channel) -> None:
    """A team that joins later got all alerts since the first team's day."""
    assert run(channel).output == "Sent 3.\n"
    with duckdb.connect("product_signals.duckdb") as connection:
        connection.execute(
            "update product_signals__accounts set as_of_date = '2024-05-01'"
        )
    tell(("new", "sales", "message", "2024-05-01"))
    assert run(channel, team="sales").output == "Sent 1.\n"
    assert channel.taken[3:] == texts("new")
    # An earlier first day of one team is none of another.
    early = run(channel, "--since", "2024-01-01", team="sales")
    assert early.output == "Sent 1.\n"
    assert channel.taken[4:] == texts("of others")
    assert run(channel).output == "Sent 0.\n"


@pytest.mark.usefixtures("folder", "waited")
def test_a_file_of_an_earlier_version(channel: Channel) -> None:
    """It has one first day for all teams, and loses nothing."""
    with post.notes(Path("product_signals_posted.sqlite")) as noted:
        noted._connection.execute("insert into begun values ('2024-03-11')")
        noted._connection.commit()
    assert run(channel).output == "Sent 4.\n"


@pytest.mark.usefixtures("folder")
def test_it_waits_when_it_is_asked_to(
    channel: Channel, waited: list[float]
) -> None:
    channel.answers = [
        (429, {"retry-after": "7"}),
        (503, {}),
        (200, {}),
    ]
    assert run(channel).exit_code == 0
    assert channel.taken == texts("one", "two", "three")
    assert waited == [7, 2, 1, 1]


@pytest.mark.usefixtures("folder", "waited")
def test_what_nobody_took_is_sent_later(channel: Channel) -> None:
    """With a webhook that is revoked, busy for long, or not there at all."""
    channel.answers = [(200, {}), (404, {})]
    result = run(channel)
    assert result.exit_code == 1
    assert "1 sent" in result.output
    assert "404 no" in result.output
    assert "2 wait for the next post" in result.output
    assert channel.address not in result.output
    channel.answers = [(429, {"retry-after": "3600"})]
    assert "2 wait for the next post" in run(channel).output
    asked = channel.asked
    channel.answers = [(503, {})]
    assert run(channel).exit_code == 1
    assert channel.asked == asked + 5
    free = socket.create_server(("127.0.0.1", 0))
    nowhere = f"http://127.0.0.1:{free.getsockname()[1]}/secret"
    free.close()
    result = call("post", "--webhook", nowhere, "--team", "success")
    assert result.exit_code == 1
    assert "no connection" in result.output
    channel.answers = [(200, {})]
    assert run(channel).exit_code == 0
    assert channel.taken == texts("one", "two", "three")


@pytest.mark.usefixtures("folder", "waited")
def test_a_message_that_is_refused_does_not_stop_the_rest(
    channel: Channel,
) -> None:
    channel.answers = [(400, {}), (200, {})]
    result = run(channel)
    assert result.exit_code == 1
    assert "alert one: the webhook refuses it (400 no)" in result.output
    assert channel.taken == texts("two", "three")
    assert run(channel).output == "Sent 1.\n"


@pytest.mark.usefixtures("folder", "waited")
@pytest.mark.parametrize("status", [0, 500, 502])
def test_what_may_have_arrived_is_not_sent_again(
    channel: Channel, status: int
) -> None:
    channel.answers = [(status, {}), (200, {})]
    result = run(channel)
    assert result.exit_code == 1
    assert "alert one: nobody can tell whether it arrived" in result.output
    assert "2 wait for the next post" in result.output
    assert run(channel).output == "Sent 2.\n"
    assert channel.taken[-2:] == texts("two", "three")
    assert len(channel.taken) == (3 if status == 0 else 2)


@pytest.mark.usefixtures("folder", "waited")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_sending_errs_on_silence(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A crash between note and message, or between message and note."""

    class Killed(BaseException):
        pass

    send = post._send

    def dies(*arguments: Any) -> post.Answer:
        if moment == "after":
            send(*arguments)
        raise Killed

    monkeypatch.setattr(post, "_send", dies)
    with pytest.raises(Killed):
        CliRunner().invoke(
            cli.app,
            ["post", "--webhook", channel.address, "--team", "success"],
            catch_exceptions=False,
        )
    monkeypatch.setattr(post, "_send", send)
    result = run(channel)
    assert result.exit_code == 0
    assert "alert one may not have arrived" in result.output
    first = texts("one") if moment == "after" else []
    assert channel.taken == first + texts("two", "three")
    # It is said only once.
    assert run(channel).output == "Sent 0.\n"


@pytest.mark.usefixtures("folder", "waited")
def test_two_at_once_send_nothing_twice(channel: Channel) -> None:
    with post.notes(Path("product_signals_posted.sqlite")):
        result = run(channel)
    assert result.exit_code == 1
    assert "another post is under way" in result.output
    assert channel.asked == 0
    assert run(channel).exit_code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "PRODUCT_SIGNALS_WEBHOOK"),
        (["--webhook", "hooks.slack.com/x"], "https://"),
        (["--webhook", "http://x", "--since", "monday"], "2024-03-05"),
        (["--webhook", "http://x", "--state", "notes.txt"], "another file"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], message: str) -> None:
    Path("notes.txt").write_text("mine\n" * 99, encoding="utf-8")
    result = call("post", "--team", "success", *arguments)
    assert result.exit_code == 1
    assert message in result.output
