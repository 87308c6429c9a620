"""sqlfluff, without two things that take it half its time.

It looks for garbage again and again in the trees of large models, which are
millions of objects. And its workers send each tree back, which nobody reads.
They begin with this file as well, which is why it is one.
"""

import gc
from typing import Any

from sqlfluff.cli.commands import cli
from sqlfluff.core.linter import LintedFile, runner

gc.set_threshold(1_000_000, 20, 100)
lint = runner.ParallelRunner._apply


def lint_without_tree(task: tuple[str, Any]) -> Any:
    """Lints a file and returns what is wrong with it."""
    linted = lint(task)
    if isinstance(linted, LintedFile):
        return linted._replace(tree=None)
    return linted


runner.ParallelRunner._apply = staticmethod(lint_without_tree)

if __name__ == "__main__":
    cli()
