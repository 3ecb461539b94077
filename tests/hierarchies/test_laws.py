"""Laws of folders against a model: a picture is listed where it belongs and nowhere else, under a name that stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from archypix.core.tag_paths import name_key
from tests.hierarchies.cabinet import Cabinet

# Each example takes a while, and so would making a failing one smaller.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
PATHS = ("/a", "/a/b", "/a/b/c", "/a/b/c/d", "/a/e", "/f", "/f/g", "/f/h")
FILES = ("x.jpg", "x.jpg", "X.JPG", "é.jpg", "e\u0301.jpg", "a:b.jpg", "a_b.jpg")

Carried = frozenset[str]


def closure(tags: Carried) -> Carried:
    return frozenset("/".join(tag.split("/")[:end]) for tag in tags for end in range(2, tag.count("/") + 2))


# Which pictures a folder lists, as the specification says it and not as the resolver finds it.


class Model:
    """Folders by their paths, each with what its pictures carry and the folders in it."""

    def __init__(self, nodes: list[dict[str, Any]]) -> None:
        self.folders: dict[str, list[Any]] = {}
        self._claims: dict[str, list[Any]] = {}
        self._walk("", nodes, [], [])

    def places(self, carried: Carried) -> set[str]:
        """The paths of the folders that list a picture with these tags, ancestors included."""
        return {
            path
            for path, terms in self.folders.items()
            if any(met(carried) for met in terms) and not any(met(carried) for met in self._claims[path])
        }

    def _walk(self, path: str, nodes: list[dict[str, Any]], terms: list[Any], around: list[Any]) -> list[Any]:
        """The folder of these nodes; what it claims from the folder around it."""
        terms = list(terms)
        claims: list[Any] = []
        self.folders[path], self._claims[path] = terms, claims
        for node in nodes:
            if node["type"] == "mirror":
                root = "" if node["root"] == "/" else node["root"]
                top = path if not node.get("keep_dir") else f"{path}/{node['name']}"
                claims += self._mirror(top, node, root, around, inline=top == path)
            elif node["type"] == "query":
                own = [*around, query(node)]
                self._walk(f"{path}/{node['name']}", node["children"], [every(own)], own)
                claims.append(every(own))
            else:
                claims += self._walk(f"{path}/{node['name']}", node["children"], [], around)
        return [*claims, *terms]

    def _mirror(self, path: str, node: dict[str, Any], root: str, around: list[Any], *, inline: bool) -> list[Any]:
        def carries(tag: str) -> Any:
            return every([*around, lambda carried: (not tag or tag in carried) and not carried & set(node["exclude"])])

        def shown(tag: str, depth: int) -> Iterator[str]:
            deepest = node.get("max_depth")
            for other in PATHS:
                hidden = other in node["collapsed"] or other in node["exclude"] or depth == deepest
                if other.rpartition("/")[0] == tag and not hidden:
                    yield other

        def place(at: str, tag: str, depth: int) -> list[Any]:
            inner = [(f"{at}/{each.rpartition('/')[2]}", each) for each in shown(tag, depth)]
            for below, each in inner:
                self.folders[below] = [carries(each)]
                self._claims[below] = place(below, each, depth + 1)
            return [carries(each) for _, each in inner]

        claims = place(path, root, 0)
        if inline:
            self.folders[path].append(carries(root))
            return claims
        self.folders[path], self._claims[path] = [carries(root)], claims
        return [carries(root)]


def every(conditions: list[Any]) -> Any:
    return lambda carried: all(met(carried) for met in conditions)


def query(node: dict[str, Any]) -> Any:
    def met(carried: Carried) -> bool:
        return (
            set(node["all"]) <= carried
            and (not node["any"] or bool(set(node["any"]) & carried))
            and not set(node["none"]) & carried
            and not (node["untagged"] and carried)
        )

    return met


TAGS = some.lists(some.sampled_from(PATHS), max_size=2, unique=True)


@some.composite
def mirrors(draw: Any, name: str) -> dict[str, Any]:
    root = draw(some.sampled_from(("/", "/a", "/a/b", "/f")))
    below = [path for path in PATHS if root == "/" or path.startswith(f"{root}/")]
    inside = some.lists(some.sampled_from(below), max_size=2, unique=True)
    node = {"type": "mirror", "root": root, "name": name, "collapsed": draw(inside), "exclude": draw(inside)}
    node["keep_dir"] = draw(some.booleans())
    if draw(some.booleans()):
        node["max_depth"] = draw(some.integers(0, 3))
    return node


@some.composite
def trees(draw: Any, depth: int = 0) -> list[dict[str, Any]]:
    """Nodes. No two of them that show folders side by side are mirrors, whose folders would have one name."""
    nodes, inline = [], False
    for number in range(draw(some.integers(0 if depth else 1, 3))):
        name = f"N{depth}{number}"
        kind = draw(some.sampled_from(("mirror", "query", "query", "static") if depth < 2 else ("mirror", "query")))
        if kind == "mirror":
            node = draw(mirrors(name))
            node["keep_dir"] |= inline
            inline |= not node["keep_dir"]
        else:
            node = {"type": kind, "name": name, "children": draw(trees(depth + 1)) if depth < 2 else []}
        if kind == "query":
            node |= {"all": draw(TAGS), "any": draw(TAGS), "none": draw(TAGS), "untagged": draw(some.booleans())}
            if node["all"] or node["any"]:
                node["untagged"] = False
            elif not node["none"]:
                node["untagged"] = True
        nodes.append(node)
    return nodes


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(
    nodes=trees(), pictures=some.lists(some.frozensets(some.sampled_from(PATHS), max_size=3), min_size=1, max_size=6)
)
async def test_the_most_specific_folder_wins(
    cabinet: Cabinet, nodes: list[dict[str, Any]], pictures: list[Carried]
) -> None:
    await cabinet.shelf.sql("DELETE FROM pictures")
    hierarchy = await cabinet.hierarchy(*nodes, slug=f"h{uuid4().hex}")
    for path in PATHS:
        async with cabinet.shelf.database.transaction() as connection:
            await cabinet.shelf.tags.resolve(connection, cabinet.shelf.alice.id, [path], create=True)
    model = Model(nodes)
    expected = set()
    for number, tags in enumerate(pictures):
        await cabinet.shelf.add(filename=f"{number}.jpg", tags=tuple(sorted(tags)))
        expected |= {f"{path}/{number}.jpg".removeprefix("/") for path in model.places(closure(tags))}
    assert set(await cabinet.everything(hierarchy)) == expected
    folders = {"/".join(("", *path)) for path in await paths(cabinet, hierarchy)}
    assert folders == set(model.folders)


async def paths(cabinet: Cabinet, hierarchy: Any) -> list[tuple[str, ...]]:
    found, waiting = [], [await cabinet.folder(hierarchy)]
    while waiting:
        folder = waiting.pop()
        found.append(folder.path)
        async with cabinet.shelf.database.connection() as connection:
            waiting += await cabinet.resolver.folders(connection, hierarchy, folder)
    return found


DEEDS = some.lists(
    some.tuples(
        some.sampled_from(("add", "add", "tag", "untag", "trash", "restore", "rename", "open")),
        some.integers(0, 4),
        some.integers(0, len(FILES) - 1),
        # Whether somebody looks before the next deed.
        some.sampled_from((True, True, False)),
    ),
    min_size=6,
    max_size=24,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(deeds=DEEDS)
async def test_a_name_that_was_shown_stays(cabinet: Cabinet, deeds: list[tuple[str, int, int, bool]]) -> None:
    """In a folder that others come to and leave, a file is called as it was, for as long as its picture is."""
    tag = f"/T{uuid4().hex}"
    library, pictures = await cabinet.library(), [await cabinet.shelf.add(filename="x.jpg", tags=(tag,))]
    here = {pictures[0]}
    known: dict[UUID, str] = {}
    for word, number, which, looked_at in deeds:
        chosen = pictures[number % len(pictures)]
        match word:
            case "add":
                # Half of them are older than those that are there.
                past = datetime(2000 + which, 1, 1, tzinfo=UTC) if number % 2 else datetime.now(UTC)
                pictures.append(await cabinet.shelf.add(filename=FILES[which], tags=(tag,), ingested_at=past))
                here |= {pictures[-1]}
            case "tag":
                await cabinet.tag(chosen, tag)
                here |= {chosen}
            case "untag":
                await cabinet.tag(chosen, remove=(tag,))
                here -= {chosen}
            case "trash" | "restore":
                await cabinet.shelf.trash(chosen, restore=word == "restore")
            case "rename":
                await cabinet.shelf.sql("UPDATE pictures SET filename = $2 WHERE id = $1", chosen, FILES[which])
                known.pop(chosen, None)
            case _:
                if chosen in known and chosen in here and await alive(cabinet, chosen):
                    assert await cabinet.opened(library, tag[1:], known[chosen]) == chosen
        # Whoever left has no claim to the name that it had.
        known = {each: name for each, name in known.items() if each in here and await alive(cabinet, each)}
        if looked_at:
            await agree(cabinet, library, tag, here, known)
    await agree(cabinet, library, tag, here, known)


async def agree(cabinet: Cabinet, library: Any, tag: str, here: set[UUID], known: dict[UUID, str]) -> None:
    listed = await cabinet.files(library, tag[1:])
    assert set(listed.values()) == {each for each in here if await alive(cabinet, each)}
    assert len({name_key(name) for name in listed}) == len(listed) == len(set(listed.values()))
    by_picture = {picture: name for name, picture in listed.items()}
    assert {picture: by_picture[picture] for picture in known} == known
    known |= by_picture


async def alive(cabinet: Cabinet, picture: UUID) -> bool:
    return bool(await cabinet.shelf.sql("SELECT deleted_at IS NULL FROM pictures WHERE id = $1", picture))
