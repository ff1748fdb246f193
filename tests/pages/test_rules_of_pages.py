"""What pages and the app may not do, checked on their source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from xray_core.settings import PROJECT_ROOT

PAGES = sorted((PROJECT_ROOT / "pages").glob("*.py"))
COMPONENTS = sorted((PROJECT_ROOT / "pages" / "components").glob("*.py"))
APP = PROJECT_ROOT / "app.py"
HEAVY = {"numpy", "tensorflow", "keras", "cv2", "skimage", "pandas", "plotly"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_are_pages():
    assert {page.stem for page in PAGES} == {
        "diagnose",
        "browse",
        "datasets",
        "train",
        "compare",
        "models",
        "about",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_short(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 100


@pytest.mark.parametrize("page", [*PAGES, APP], ids=lambda page: page.stem)
def test_a_page_imports_components_and_no_machinery(page):
    for name in imports(page):
        assert name.split(".")[0] not in HEAVY
        assert name.startswith(("streamlit", "pages.components.")), name


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda page: page.stem)
def test_a_component_imports_no_array_library(component):
    found = {name.split(".")[0] for name in imports(component)}
    assert not found & {"numpy", "tensorflow", "keras", "cv2", "skimage"}


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda page: page.stem)
def test_a_component_imports_no_page_and_no_app(component):
    for name in imports(component):
        assert name.startswith("pages.components.") or name.split(".")[0] not in {"pages", "app"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_begins_with_the_guard_and_catches_nothing_itself(page):
    tree = ast.parse(page.read_text(encoding="utf-8"))
    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert isinstance(body[0], ast.Expr), "the docstring"
    assert [type(node) for node in body[1:]] == [ast.With], "all else is inside the guard"
    assert ast.unparse(body[1].items[0]) == "frame.page(__file__)"
    assert not any(isinstance(node, ast.Try) for node in ast.walk(tree))


@pytest.mark.parametrize("path", [*PAGES, APP], ids=lambda page: page.stem)
def test_caches_live_in_components_only(path):
    assert "st.cache_" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*PAGES, *COMPONENTS, APP], ids=lambda path: path.stem)
def test_every_fragment_has_a_container_of_its_own(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.fragment":
            assert path.name == "fragment.py"


def test_the_app_calls_navigation_before_anything_that_can_fail():
    tree = ast.parse(APP.read_text(encoding="utf-8"))
    calls = [ast.unparse(node) for node in tree.body if not isinstance(node, ast.ImportFrom)][2:]
    assert calls == [
        "st.set_page_config(**frame.CONFIG)",
        "page = st.navigation(frame.pages())",
        "frame.standing_notice()",
        "frame.announce(page)",
        "page.run()",
    ]


def test_the_core_is_not_imported_by_the_app():
    assert not [name for name in imports(APP) if name.startswith("xray_core")]


@pytest.fixture(scope="module")
def brought():
    """What is imported once a page is there, and those before it: one process for all of them."""
    look = "import sys; print(*{name.split('.')[0] for name in sys.modules})"
    steps = []
    for page in PAGES:
        tree = ast.parse(page.read_text(encoding="utf-8"))
        steps += [ast.unparse(node) for node in tree.body if isinstance(node, ast.ImportFrom)]
        steps.append(look)
    found = subprocess.run(
        [sys.executable, "-c", "\n".join(steps)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    lines = found.stdout.splitlines()
    return {page: set(line.split()) for page, line in zip(PAGES, lines, strict=True)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_there_before_tensorflow_and_scikit_learn_are(page, brought):
    modules = brought[page]
    assert "streamlit" in modules and not modules & {"tensorflow", "keras", "sklearn"}
