"""The rules of the house that no linter knows.  Each is a function from one source file to what is wrong with it.

`tests/test_tidy.py` runs them over the tree, and shows of each that it can fail.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".ts",
    ".mjs",
    ".css",
    ".html",
    ".sql",
    ".svg",
    ".json",
    ".lock",
    ".sh",
    ".yml",
    ".csv",
    "",
}
NOT_OURS = {"node_modules", "__pycache__", "static", "dist", "build", "data", "demo-data", "tocsin-data"}
FUNCTION_MAX, FILE_MAX = 50, 400

CLOCKS: tuple[str, ...] = tuple(
    f"time.{name}{unit}" for name in ("time", "monotonic", "perf_counter") for unit in ("", "_ns")
)
CLOCKS += ("time.clock_gettime", "time.clock_gettime_ns", "time.localtime", "time.gmtime", "datetime.date.today")
CLOCKS += ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today")
WAITS = ("time.sleep", "asyncio.sleep")
CHANCE = ("random", "secrets", "os.urandom", "uuid.uuid1", "uuid.uuid4", "numpy.random")
SYSTEM = "src/tocsin/runtime/system.py"
# What may not be called, by whom all the same, and why.
BANNED: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (CLOCKS, (SYSTEM, "src/tocsin/bench/", "tests/", "tools/"), "take now as an argument"),
    (
        WAITS,
        ("src/tocsin/runtime/loop.py", "src/tocsin/sandbox/", "src/tocsin/bench/", "tools/"),
        "return a wake-up; only the loop waits",
    ),
    (CHANCE, (SYSTEM, "src/tocsin/sim/", "tools/"), "take a seed; draw from Dice"),
)
WRONG_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
# "Todo bien" is how an alert ends in Spanish.
UNFINISHED = re.compile(r"\b(?:TO" r"DO(?! BIEN)|FIX" r"ME|XX" r"X|HA" r"CK)\b")
BLANKET = re.compile(r"type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]+\d)|pragma:\s*no (cover|branch)")
HIDDEN = re.compile("[\x00\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HERE = re.compile(r"(?<![\w.])/(?:work|root)/")
PHONE = re.compile(r"(?<![\w.+-])(?:\+\d{8,15}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w-])")
# 555-01xx in any area, area or exchange N11 (none can be given out), the vendor's test numbers, Ofcom's for fiction.
FICTIONAL = re.compile(
    r"\+?1?\d{3}55501\d{0,2}|\+1(?:\d{3})?[2-9]11\d{4,7}|\+1500555\d{4}|\+44(?:7700900\d{3}|2079460\d{3})"
)
SAMENESS = "src/tocsin/sameness.py"
SECRET_NAME = re.compile(r"(?:^|[._])(?:\w*_hash|hashed|token|signature|digest|secret)$")
ASSERTS = "assert"  # No function can be named so.
ASSERTING = re.compile(r"assert|expect|must|check|raises|warns|fails|run_state_machine")


class Source:
    """One file as the rules see it: its path from the root, its text and, for Python, its syntax tree."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text

    @property
    def python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text if self.python else "")

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, walked through once for all rules."""
        return list(ast.walk(self.tree))

    @cached_property
    def uses(self) -> list[tuple[int, str]]:
        return list(used_names(self.nodes, imported_names(self.nodes)))

    def comments(self, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
        """Those with such words; a file without the words anywhere is not taken apart."""
        if not self.python or not pattern.search(self.text):
            return []
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        comments = (token for token in tokens if token.type == tokenize.COMMENT)
        return [(token.start[0], token.string) for token in comments if pattern.search(token.string)]


Finding = str
Rule = Callable[[Source], Iterator[Finding]]


def sources(root: Path = ROOT) -> Iterator[Source]:
    """Every text file of ours, in order of path."""
    for file in sorted(root.rglob("*")):
        parts = file.relative_to(root).parts
        ours = not any(part in NOT_OURS or (part.startswith(".") and part != ".ci") for part in parts)
        if ours and file.is_file() and file.suffix in TEXTS:
            yield Source("/".join(parts), file.read_text(encoding="utf-8"))


def findings(source: Source) -> list[Finding]:
    return [f"{source.path}:{finding}" for rule in RULES for finding in rule(source)]


def banned_call(source: Source) -> Iterator[Finding]:
    """A clock, a wait or chance outside the files that are there for it."""
    for line, name in source.uses:
        for banned, allowed, instead in BANNED:
            if source.path.startswith(allowed) or not any(name == ban or name.startswith(ban + ".") for ban in banned):
                continue
            yield f"{line}: {name}: {instead}"


def imported_names(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """What each local name stands for: {"sleep": "asyncio.sleep", "dt": "datetime"}."""
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
            known |= {alias.name.split(".")[0]: alias.name.split(".")[0] for alias in node.names if not alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def used_names(nodes: list[ast.AST], known: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Each use of an imported name, in full; of `a.b.c` only the whole."""
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner:
            head, *rest = dotted(node)
            if head in known:
                yield node.lineno, ".".join([known[head], *rest])


def dotted(node: ast.expr) -> list[str]:
    """`a.b.c` in its parts; of what hangs on a call or the like no first part, for that is looked at by itself."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]


def long_function(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_MAX:
                yield f"{node.lineno}: {node.name} has {lines} lines, {FUNCTION_MAX} is the end"


def long_file(source: Source) -> Iterator[Finding]:
    lines = source.text.count("\n")
    if lines > FILE_MAX and source.path.endswith((".py", ".ts", ".sql", ".mjs")):
        yield f"{lines}: {FILE_MAX} lines is the end"


def wrong_name(source: Source) -> Iterator[Finding]:
    words = set(re.split(r"[/._-]", source.path.lower()))
    if source.python and words & WRONG_NAMES:
        yield "1: a file is named after an idea: " + ", ".join(sorted(words & WRONG_NAMES))


def test_without_assertion(source: Source) -> Iterator[Finding]:
    if not source.is_test:
        return
    functions = [node for node in source.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    called = [(node, set(_called(node))) for node in functions]
    asserting: set[str] = set()
    while new := {node.name for node, names in called if node.name not in asserting and names & {ASSERTS, *asserting}}:
        asserting |= new
    for node in functions:
        if node.name.startswith("test_") and node.name not in asserting:
            yield f"{node.lineno}: {node.name} asserts nothing"


def _called(function: ast.AST) -> Iterator[str]:
    """What it calls, by the last part of the name; ASSERTS where it asserts, or calls what by its name does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            yield ASSERTS
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            yield ASSERTS if ASSERTING.search(name) else name


def skipped_test(source: Source) -> Iterator[Finding]:
    for line, name in source.uses:
        if re.fullmatch(r"(pytest(\.mark)?|unittest)\.(skip\w*|xfail|importorskip|expectedFailure)", name):
            yield f"{line}: {name}: a test runs, or is not there"


def mocked(source: Source) -> Iterator[Finding]:
    for line, name in source.uses:
        if re.match(r"(unittest\.mock|mock|pytest_mock)\b", name):
            yield f"{line}: {name}: put a fake behind the seam"


def blanket_ignore(source: Source) -> Iterator[Finding]:
    for line, comment in source.comments(BLANKET):
        yield f"{line}: {comment}: name what is ignored, or do not"


def compared_secret(source: Source) -> Iterator[Finding]:
    """A secret that is compared in another way than by `same_secret`, which takes the same time whatever differs."""
    if not source.path.startswith("src/") or source.path == SAMENESS:
        return
    for line, name in source.uses:
        if name in ("hmac.compare_digest", "secrets.compare_digest"):
            yield f"{line}: {name}: ask same_secret"
    for node in source.nodes:
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            sides = [side for side in (node.left, *node.comparators) if isinstance(side, ast.Name | ast.Attribute)]
            secret = [ast.unparse(side) for side in sides if SECRET_NAME.search(ast.unparse(side))]
            if secret and len(sides) == len(node.comparators) + 1:
                yield f"{node.lineno}: {secret[0]} is compared with ==: ask same_secret"


def unfinished(source: Source) -> Iterator[Finding]:
    lines = source.comments(UNFINISHED) if source.python else enumerate(source.text.splitlines(), 1)
    if not source.path.endswith((".lock", ".json", ".csv")):
        yield from (f"{line}: {mark[0]}: finish it" for line, text in lines if (mark := UNFINISHED.search(text)))


def hidden_character(source: Source) -> Iterator[Finding]:
    yield from (f"{at}: U+{ord(mark):04X} cannot be seen" for at, mark in in_lines(source, HIDDEN))


def machine_path(source: Source) -> Iterator[Finding]:
    yield from (f"{at}: {path}: a path of one machine" for at, path in in_lines(source, HERE))


def real_phone_number(source: Source) -> Iterator[Finding]:
    for at, number in in_lines(source, PHONE):
        if source.path.endswith((".lock", ".json", ".svg", ".css")) or source.path == "LICENSE":
            continue
        if not FICTIONAL.fullmatch(re.sub(r"[^+\d]", "", number)):
            yield f"{at}: {number} may be somebody's; use 555-01xx"


def in_lines(source: Source, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Each match and its line; none of the patterns reaches over the end of one."""
    for match in pattern.finditer(source.text):
        yield source.text.count("\n", 0, match.start()) + 1, match[0]


def registry_host(source: Source) -> Iterator[Finding]:
    """A lock pins by hash; where a package is fetched from is the machine's own business."""
    if source.path.endswith((".lock", "package-lock.json")):
        for at, line in enumerate(source.text.splitlines(), 1):
            if '"resolved":' in line or (source.path.endswith(".lock") and "://" in line):
                yield f"{at}: names the host of a registry"


def dead_files(tree: Iterable[Source]) -> list[Finding]:
    """Modules of ours that no other module of ours imports."""
    modules = {module_of(source.path): source for source in tree if source.path.startswith("src/") and source.python}
    wanted = {name for module, source in modules.items() for name in imports_of(source) if name != module}
    entries = {"tocsin", "tocsin.__main__", "tocsin.cli"}
    return [f"{source.path}: nobody imports it" for name, source in modules.items() if name not in wanted | entries]


def module_of(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(source: Source) -> set[str]:
    """In full; a package counts as imported with any part of it."""
    names: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(name.split(".")[:end]) for name in names for end in range(1, name.count(".") + 2)}


RULES: tuple[Rule, ...] = (
    banned_call,
    long_function,
    long_file,
    wrong_name,
    test_without_assertion,
    skipped_test,
    mocked,
    blanket_ignore,
    compared_secret,
    unfinished,
    hidden_character,
    machine_path,
    real_phone_number,
    registry_host,
)
