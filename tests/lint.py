"""sqlfluff, that does not look for garbage all the time.

The trees of a large model are millions of objects that stay as long as it is
linted: looking through them, again for every model after it, took a third of
the time. Its workers begin with this file as well, which is why it is one.
"""

import gc

from sqlfluff.cli.commands import cli

gc.set_threshold(1_000_000, 20, 100)

if __name__ == "__main__":
    cli()
