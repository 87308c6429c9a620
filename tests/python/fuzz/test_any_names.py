"""init proposes nothing that the checks refuse, whatever events are called."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from product_signals.config import read_config
from product_signals.errors import UserError
from product_signals.gate import check_config
from product_signals.inputs import InputFile
from product_signals.starter import from_files


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(
        st.one_of(
            st.text(min_size=1, max_size=12),
            st.sampled_from(
                ["null created", "/page/*", "{x} created", "a|b shared", "''"]
            ),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_proposal_is_refused(names: list[str], tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["event_id", "user_id", "event_name", "occurred_at"])
        writer.writerows([n, "u", name, "t"] for n, name in enumerate(names))
    try:
        proposal = from_files({"events": InputFile(path)})
    except UserError:
        return  # no name at all, or not a CSV
    config = tmp_path / "proposal.yml"
    config.write_text(proposal.text, encoding="utf-8")
    check_config(read_config(config), config)
