"""Any file is read whole or refused with its name (L8)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from odd_files import OddFile, csv_files, is_read_whole_or_refused


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(file=csv_files())
def test_any_file(
    tmp_path_factory: pytest.TempPathFactory, file: OddFile
) -> None:
    """As in test_files.py, with different files each time: `make fuzz`."""
    is_read_whole_or_refused(tmp_path_factory.getbasetemp(), file)
