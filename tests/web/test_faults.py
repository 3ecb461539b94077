"""Words for what the server refuses: a code that somebody may meet has some in French, and no sentence is another's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.web.visitor import ROOT

API = ROOT / "web" / "src" / "api"
# Where only programs are refused: other servers, workers, clients of drives, commands of the machine itself.
PROGRAMS = (
    "archypix/backup", "archypix/commands", "archypix/drives", "archypix/exchange", "archypix/hierarchies/writing",
    "archypix/jobs", "archypix/media", "archypix/moving", "archypix/storage/keys.py", "archypix/takeout",
    "federation/access", "federation/actors/visitors.py", "federation/domain/incoming.py",
    "federation/domain/people.py", "federation/inbox", "federation/moving",
)  # fmt: skip
# Of a program that does not start.
NEVER_SHOWN = {"startup"}
# Codes that are no error's of the domain: those of HTTP itself, and of what stands between.
OTHERS = {"bad_request", "internal", "method_not_allowed", "unknown"}
# The library that reads forms has its own.
OF_FORMS = ("Field required", "Input should", "String should")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """All modules of the server, by their paths."""
    paths = [path for room in ("archypix", "federation") for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in paths)


def text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def codes_of(tree: ast.Module) -> Iterator[str]:
    """Codes that errors get where they are raised, or that their classes have."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from (text for one in ast.walk(node.value) if (text := text_of(one)) is not None)
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                is_code = isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code"
                if isinstance(line, ast.Assign) and is_code and (text := text_of(line.value)) is not None:
                    yield text


def patterns_of(tree: ast.Module) -> Iterator[re.Pattern[str]]:
    """Texts into which something is put, which may be anything; those that are hardly more than that are left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            told = [str(one.value) if isinstance(one, ast.Constant) else None for one in node.values]
            if sum(map(len, filter(None, told))) > 6:
                yield re.compile("".join(".+" if one is None else re.escape(one) for one in told), re.S)


def block(text: str, language: str) -> str:
    """The table of one language in a module of the application."""
    found = re.search(rf"^  {language}: [{{\[]\n(.*?)^  [}}\]],$", text, re.M | re.S)
    assert found is not None
    return found[1]


def test_every_code_that_somebody_may_meet_has_words() -> None:
    codes = {path: set(codes_of(tree)) for path, tree in trees()}
    everywhere = set().union(*codes.values())
    shown = set().union(*(found for path, found in codes.items() if not path.startswith(PROGRAMS)))
    table = (API / "faults.ts").read_text("utf-8")
    french = set(re.findall(r"^    (\w+): '", block(table, "fr"), re.M))
    english = set(re.findall(r"^    (\w+): '", block(table, "en"), re.M))
    assert sorted(shown - NEVER_SHOWN - french) == []
    assert sorted((french | english) - everywhere - OTHERS) == []


def test_sentences_that_are_translated_are_still_those_of_the_server() -> None:
    table = (API / "sentences.ts").read_text("utf-8")
    known = re.findall(r"^    \['((?:[^'\\]|\\.)*)', '", block(table, "fr"), re.M)
    assert known
    whole = {text_of(node) for _, tree in trees() for node in ast.walk(tree)}
    patterns = [pattern for _, tree in trees() for pattern in patterns_of(tree)]

    def is_said(sentence: str) -> bool:
        return sentence in whole or any(pattern.fullmatch(sentence) for pattern in patterns)

    assert [one for one in known if not one.startswith(OF_FORMS) and not is_said(re.sub(r"\{\d\}", "1", one))] == []
