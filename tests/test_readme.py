"""The README's table is the one that the records give, and its links and pictures exist."""

import re
from pathlib import Path

from labkit.papers.coverage import BEGIN, END, readme_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_table_is_current() -> None:
    written = README.partition(BEGIN)[2].partition(END)[0].strip()
    assert written == readme_table(ROOT), "run `labkit check --record` to write the table"


def test_links_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
