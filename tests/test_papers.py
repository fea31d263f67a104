"""The literature list: complete, consistent, and read without surprises."""

import dataclasses
import json
import re
import tomllib
from pathlib import Path

import pytest

from labkit import papers
from labkit.papers import Paper

FOLDER = Path(papers.__file__).parent
TABLES = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.toml")}
CORE = ("pca", "cluster", "sensing", "dpp", "weights")
BARE = Paper(row=1, key="a-key", title="A title", family="pca")
RECORD = {"row": 6, "status": "checked", "notebooks": ["pca/01.ipynb"], "claims": []}
KEY = "pca-high-dimensional-random"


@pytest.fixture
def checked_file(tmp_path, monkeypatch):
    monkeypatch.setattr(papers, "CHECKED_FILE", tmp_path / "checked.json")
    return tmp_path / "checked.json"


def test_list_is_complete_and_without_repetition():
    rows = [entry.row for entry in papers.all_papers()]
    assert rows == list(range(1, 417))
    assert len({entry.key for entry in papers.all_papers()}) == 416
    assert len({entry.title.lower() for entry in papers.all_papers()}) == 416


def test_families_are_the_files():
    assert len(TABLES) == 18
    for family, table in TABLES.items():
        assert set(table) == {"paper"}
        assert {entry["family"] for entry in table["paper"]} == {family}
        rows = [entry["row"] for entry in table["paper"]]
        assert rows == sorted(rows)


def test_first_line_of_each_file_counts_its_papers():
    for family, table in TABLES.items():
        first = (FOLDER / f"{family}.toml").read_text("utf-8").splitlines()[0]
        assert re.fullmatch(rf"# .+: the {len(table['paper'])} papers of this family .+", first)


def test_every_field_has_its_type():
    optional = {"authors": list, "year": int, "venue": str, "link": str, "differs": str}
    required = {"row": int, "key": str, "title": str, "family": str}
    for table in TABLES.values():
        for entry in table["paper"]:
            assert required.keys() <= entry.keys() <= (required | optional).keys()
            for name, value in entry.items():
                assert type(value) is (required | optional)[name], (entry["key"], name)
                assert value, (entry["key"], name)
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry["key"])
            assert entry["title"] == " ".join(entry["title"].split())
            assert "\\" not in entry["title"]
            assert all(isinstance(name, str) and name.strip() for name in entry.get("authors", ()))
            assert 1900 < entry.get("year", 2000) < 2100


def test_links_lead_to_papers():
    registries = ("pypi", "pythonhosted", "conda", "npmjs", "crates.io", "cran.", "rubygems")
    links = [entry.link for entry in papers.all_papers() if entry.link]
    assert len(links) == len(set(links))
    for link in links:
        assert link.startswith("https://")
        assert not any(name in link.lower() for name in registries)
        if "arxiv.org" in link:
            assert re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{4,5}", link)


@pytest.mark.parametrize("family", CORE)
def test_core_entry_with_an_arxiv_link_has_a_year(family):
    linked = [e for e in papers.select(family=family) if e.link and "arxiv.org" in e.link]
    assert linked
    assert all(entry.year for entry in linked)


def test_paper_by_key_and_by_row():
    found = papers.paper(KEY)
    assert found.row == 286
    assert found.authors == ("J. Antognini", "J. Sohl-Dickstein")
    assert papers.paper(286) is found
    assert papers.paper("286") is found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.row = 1


@pytest.mark.parametrize("wrong", ["pca-high-dimensional-randon", 417, "", True, None])
def test_unknown_paper_names_the_value_and_its_neighbours(wrong):
    with pytest.raises(ValueError, match="rows: 1 to 416") as caught:
        papers.paper(wrong)
    assert f"no paper {wrong!r};" in str(caught.value)
    assert (KEY in str(caught.value)) == (wrong == "pca-high-dimensional-randon")


def test_status(monkeypatch):
    shown = papers.paper(6).key
    monkeypatch.setattr(papers, "checked", lambda: {KEY: RECORD, shown: {"status": "shown"}})
    assert papers.status(KEY) == papers.status(286) == "checked"
    assert papers.status(6) == "shown"
    assert papers.status(1) == "open"
    with pytest.raises(ValueError, match="no paper 'nothing'"):
        papers.status("nothing")
    assert [entry.key for entry in papers.select(status="checked")] == [KEY]
    assert [entry.row for entry in papers.select("pca", "shown")] == [6]
    assert papers.select("dpp", "shown") == []
    assert len(papers.select(status="open")) == 414


def test_select_by_family():
    assert papers.select() == list(papers.all_papers())
    assert [e.row for e in papers.select("pca")] == [e["row"] for e in TABLES["pca"]["paper"]]


def test_select_refuses_unknown_names():
    with pytest.raises(ValueError, match=r"no family 'PCA'; allowed: adapters, cluster, .*weights"):
        papers.select(family="PCA")
    with pytest.raises(ValueError, match="no status 'done'; allowed: checked, shown, open"):
        papers.select(status="done")


def test_bibtex_of_a_bare_entry():
    assert papers.bibtex(BARE) == "@misc{a-key,\n  title = {{A title}},\n}\n"


def test_bibtex_of_a_full_entry():
    full = dataclasses.replace(
        BARE,
        title=r"100% of {x}_1 & y^2 \ z~",
        authors=("A. Bee", "C. Dee"),
        year=2018,
        venue="Signals & Systems",
        link="https://arxiv.org/abs/1806.08805",
        differs="smaller",
    )
    assert papers.bibtex(full) == (
        "@article{a-key,\n"
        r"  title = {{100\% of \{x\}\_1 \& y\textasciicircum{}2 \textbackslash{} "
        "z\\textasciitilde{}}},\n"
        "  author = {A. Bee and C. Dee},\n"
        "  journal = {Signals \\& Systems},\n"
        "  year = {2018},\n"
        "  url = {https://arxiv.org/abs/1806.08805},\n"
        "}\n"
    )


def test_bibtex_of_every_entry_has_balanced_braces():
    for entry in papers.all_papers():
        text = papers.bibtex(entry)
        assert text.count("{") == text.count("}")


def test_checked_file_of_the_repository():
    document = json.loads((FOLDER / "checked.json").read_text("utf-8"))
    assert document["schema"] == 1
    for key, record in document["papers"].items():
        assert record["row"] == papers.paper(key).row
        assert record["status"] in ("checked", "shown")
        assert record["notebooks"]
        for claim in record["claims"]:
            assert {name: type(value) for name, value in claim.items()} == {
                "statement": str,
                "refutes": bool,
                "checks": bool,
                "notebook": str,
            }


def test_checked_without_a_file(checked_file):
    assert papers.checked() == {}


def test_write_checked_round_trip(checked_file):
    claim = {"statement": "Größe ≤ 1", "refutes": False, "checks": True, "notebook": "pca/01.ipynb"}
    first = papers.paper(6).key
    records = {KEY: {**RECORD, "claims": [claim]}, first: {"row": 6, "status": "shown"}}
    papers.write_checked(records)
    assert papers.checked() == records
    text = checked_file.read_text("utf-8")
    assert text.endswith("}\n")
    assert text.startswith('{\n "papers": {\n  "geometric-framework')
    assert json.loads(text)["schema"] == 1
    papers.write_checked({})
    assert papers.checked() == {}
    assert list(checked_file.parent.iterdir()) == [checked_file]


@pytest.mark.parametrize(
    "records", [{"no-such-paper": RECORD}, {"286": RECORD}, {KEY: {"status": "open"}}, {KEY: {}}]
)
def test_write_checked_refuses(checked_file, records):
    with pytest.raises(ValueError, match=r"no-such-paper|allowed: a paper's key, status checked"):
        papers.write_checked(records)
    assert not checked_file.exists()
