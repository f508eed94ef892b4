"""By which plan does a database answer a statement, and which of them reads too much?"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

BIG_TABLE_ROWS = 10_000
FEW_ROWS = 100
"""To take the first rows of a table is no walk over it."""
MANY_ROWS = 20_000
"""A page that reads more rows than that to show some of them grows slower with the library."""


@dataclass(frozen=True)
class Plan:
    """How one statement is answered."""

    lines: list[str]
    faults: list[str]
    """What reads too much; empty where nothing does."""


def big_tables(connection: Connection) -> Mapping[str, int]:
    """The tables that are large, with about how many rows they have."""
    if connection.dialect.name == "postgresql":
        rows = connection.execute(text("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'"))
        return {name: int(count) for name, count in rows if count > BIG_TABLE_ROWS}
    names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'fts_%'"))
    counts = {name: connection.scalar(text(f'SELECT max(rowid) FROM "{name}"')) or 0 for name in names.all()}
    return {name: count for name, count in counts.items() if count > BIG_TABLE_ROWS}


def explain(connection: Connection, statement: str, values: Any, big: Mapping[str, int]) -> Plan:
    """The plan of a statement, and what it does: PostgreSQL carries it out and counts."""
    if connection.dialect.name == "postgresql":
        told = connection.exec_driver_sql("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement, values).scalar()
        root = (json.loads(told) if isinstance(told, str) else told)[0]
        return Plan(list(_lines(root["Plan"], 0)), sorted(set(_faults(root["Plan"], big))))
    rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
    lines = [str(row[-1]) for row in rows]
    return Plan(lines, sorted({line for line in lines if _scans_all(line, statement, big)}))


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _faults(root: Mapping[str, Any], big: Mapping[str, int]) -> Iterator[str]:
    for node in _nodes(root):
        kind, table = node["Node Type"], node.get("Relation Name", "")
        if kind.endswith("Seq Scan") and table in big and _read_rows(node) > FEW_ROWS:
            yield f"{kind} over {table}"
        read = _read_rows(node)
        if read > MANY_ROWS:
            yield f"{kind}{' over ' + table if table else ''} reads {read} rows"


def _read_rows(node: Mapping[str, Any]) -> int:
    removed = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


def _lines(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    place = " ".join(node[name] for name in ("Relation Name", "Index Name") if name in node)
    buffers = node.get("Shared Hit Blocks", 0) + node.get("Shared Read Blocks", 0)
    time_ms = node["Actual Total Time"] * node["Actual Loops"]
    yield f"{'  ' * depth}{node['Node Type']} {place}: {_read_rows(node)} rows, {buffers} blocks, {time_ms:.1f} ms"
    for child in node.get("Plans", ()):
        yield from _lines(child, depth + 1)


def _scans_all(line: str, statement: str, big: Mapping[str, int]) -> bool:
    """Whether SQLite walks a large table without an index; by an index, in its order, is how a list is made."""
    found = re.match(r"SCAN (\w+)(?! USING)(?: |$)", line)
    if not found or "VIRTUAL TABLE" in line:
        return False
    alias = found[1]
    named = re.search(rf"\b(\w+) AS {re.escape(alias)}\b", statement)
    return (named[1] if named else alias) in big
