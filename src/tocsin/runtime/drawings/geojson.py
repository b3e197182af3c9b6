"""Places as GeoJSON: outlines on the globe, turned into outlines on a sheet of blank paper, north up.

Theory of operation
-------------------
Each feature is read by itself, so that one that cannot be used costs nothing but itself; it is put down with why.
Only degrees of WGS 84 are taken, as the format asks; a file of another system, or of metres, is refused and told why.
The sheet is laid around all of them, and two of its corners, whose positions are worked out, put it on the globe again.
An outline that would be refused later is refused here: the core is asked of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any

import msgspec
import shapely
from msgspec import Meta, Raw, Struct

from tocsin.core.limits import NAME_MAX_CHARS, PLACES_MAX
from tocsin.core.place import KINDS, folded, may_be_in
from tocsin.runtime.drawings.laying import Found, lay
from tocsin.runtime.drawings.paper import Paper
from tocsin.runtime.drawings.shapes import NOTED, No, Nothing, Outlined, Refused, Shape, Why, shown

Position = Annotated[list[float], Meta(min_length=2)]
WGS84 = re.compile(r".*(?:CRS:?84|EPSG:{1,2}(?:[\d.]*:)?4326)", re.IGNORECASE)
WORD = re.compile(r"[^A-Za-z0-9]+")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ID_MAX_CHARS = 64


class Polygon(Struct, tag_field="type", tag=True):
    coordinates: list[list[Position]]


class MultiPolygon(Struct, tag_field="type", tag=True):
    coordinates: list[list[list[Position]]]


class LineString(Struct, tag_field="type", tag=True):
    coordinates: list[Position]


class Point(Struct, tag_field="type", tag=True):
    coordinates: Position


Geometry = Polygon | MultiPolygon | LineString | Point


class Feature(Struct):
    type: str = ""
    geometry: Raw = Raw(b"null")
    properties: dict[str, Any] | None = None
    id: str | int | float | None = None


class Collection(Struct):
    type: str = ""
    features: list[Raw] | None = None
    crs: Any = None


class _Refusal(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def read(text: bytes) -> Outlined:
    """Raises Nothing."""
    features = _features(text)
    lines: list[Refused] = []
    found = list(_each(features, lines))
    if not found:
        raise Nothing(*_none(lines))
    paper = Paper.around([point for one in found for point in one.points])
    lay(found, paper, lines)
    kept = [one for one in found if one.outline]
    if not kept:
        raise Nothing(No.NO_SHAPE)
    places = tuple(_inside(kept, lines))
    refused, noted = (tuple(_sorted(lines, told=told)) for told in (False, True))
    return Outlined(
        width=paper.width, height=paper.height, known=paper.known, places=places, refused=refused, noted=noted
    )


def _sorted(lines: list[Refused], *, told: bool) -> list[Refused]:
    return sorted((line for line in lines if (line.why in NOTED) is told), key=lambda line: line.number)


def _none(lines: list[Refused]) -> tuple[No, str]:
    """Why there is nothing at all: where every one of them is off the globe, its numbers are no degrees."""
    if lines and all(line.why is Why.OUT_OF_RANGE for line in lines):
        return No.NO_DEGREES, ""
    return No.NO_SHAPE, ""


# The file --------------------------------------------------------------------------------------------------------


def _features(text: bytes) -> list[Raw]:
    """Raises Nothing."""
    try:
        whole = msgspec.json.decode(text, type=Collection)
    except RecursionError:
        raise Nothing(No.TOO_DEEP, "") from None
    except msgspec.ValidationError:
        raise Nothing(No.NO_COLLECTION) from None
    except msgspec.DecodeError as error:
        raise Nothing(No.NO_JSON, _line(text, str(error))) from None
    if whole.type != "FeatureCollection" or whole.features is None:
        raise Nothing(No.NO_COLLECTION)
    _check_earth(whole.crs)
    if len(whole.features) > PLACES_MAX:
        raise Nothing(No.TOO_MANY_SHAPES, str(PLACES_MAX))
    return whole.features


def _line(text: bytes, error: str) -> str:
    """The line in which something is wrong; where it is not said, the last."""
    byte = re.search(r"byte (\d+)", error)
    return str(text.count(b"\n", 0, int(byte[1]) if byte else len(text)) + 1)


def _check_earth(crs: Any) -> None:
    """Raises Nothing: its numbers are of another system."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not WGS84.fullmatch(name):
        raise Nothing(No.OTHER_EARTH, shown(name) or "?")


# One feature -----------------------------------------------------------------------------------------------------


def _each(features: list[Raw], lines: list[Refused]) -> Iterator[Found]:
    ids: set[str] = set()
    names: set[tuple[str, str]] = set()
    for number, raw in enumerate(features, 1):
        what = ""
        try:
            feature = _decoded(raw)
            what = shown(_text(feature, "name"))
            one = _read(number, feature, lines)
            if (mark := (folded(one.name), folded(one.inside))) in names:
                raise _Refusal(Why.SAME_NAME)
            one.id = one.id or _free(one.name, ids)
            if one.id in ids:
                raise _Refusal(Why.SAME_ID)
        except _Refusal as no:
            lines.append(Refused(number, what, no.why))
            continue
        ids.add(one.id)
        names.add(mark)
        yield one


def _decoded(raw: Raw) -> Feature:
    try:
        feature = msgspec.json.decode(raw, type=Feature)
    except msgspec.DecodeError:
        raise _Refusal(Why.NOT_A_SHAPE) from None
    if feature.type != "Feature":
        raise _Refusal(Why.NOT_A_SHAPE)
    return feature


def _read(number: int, feature: Feature, lines: list[Refused]) -> Found:
    name, kind = " ".join(_text(feature, "name").split()), _text(feature, "kind").strip().casefold()
    geometry = _geometry(feature)
    points = _points(geometry, number, name, lines)
    if not all(-180 <= lon <= 180 and -89 <= lat <= 89 for lon, lat in points):
        raise _Refusal(Why.OUT_OF_RANGE)
    if len(points) > 2 and not shapely.Polygon(points).is_valid:
        raise _Refusal(Why.CROSSES_ITSELF)
    if not name or not name.isprintable():
        raise _Refusal(Why.NO_NAME)
    if len(name) > NAME_MAX_CHARS:
        raise _Refusal(Why.LONG_NAME)
    kind = kind or ("room" if len(points) > 2 else "door")
    if kind not in KINDS:
        raise _Refusal(Why.NO_SUCH_KIND)
    if len(points) == 2 and kind != "door":
        raise _Refusal(Why.NOT_A_DOOR)
    id = _text(feature, "id") or ("" if feature.id is None else str(feature.id))
    return Found(number, id if ID.fullmatch(id) else "", name, kind, _text(feature, "inside").strip(), points)


def _geometry(feature: Feature) -> Geometry:
    if bytes(feature.geometry) == b"null":
        raise _Refusal(Why.NOWHERE)
    try:
        found: Geometry = msgspec.json.decode(feature.geometry, type=Geometry)
    except msgspec.ValidationError as error:
        number = "$.coordinates" in str(error) or "out of range" in str(error)
        raise _Refusal(Why.NO_NUMBER if number else Why.NOT_A_SHAPE) from None
    return found


def _points(geometry: Geometry, number: int, name: str, lines: list[Refused]) -> list[tuple[float, float]]:
    """Its corners, none of them said twice in a row."""
    if isinstance(geometry, Point):
        return _flat([geometry.coordinates])
    if isinstance(geometry, LineString):
        line = _flat(geometry.coordinates)
        if len(line) > 2:
            raise _Refusal(Why.LONG_LINE)
        return line if len(line) == 2 else _too_few()
    parts = [geometry.coordinates] if isinstance(geometry, Polygon) else geometry.coordinates
    if len(parts) > 1:
        raise _Refusal(Why.SEVERAL_PARTS)
    rings = parts[0] if parts else []
    points = _flat(rings[0] if rings else [])
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    if len(points) < 3:
        _too_few()
    if len(rings) > 1:
        lines.append(Refused(number, shown(name), Why.HOLE))
    return points


def _too_few() -> list[tuple[float, float]]:
    raise _Refusal(Why.TOO_FEW)


def _flat(positions: list[list[float]]) -> list[tuple[float, float]]:
    points = [(position[0], position[1]) for position in positions]
    return [*points[:1], *(after for before, after in pairwise(points) if after != before)]


def _text(feature: Feature, name: str) -> str:
    value = (feature.properties or {}).get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _free(name: str, ids: set[str]) -> str:
    """An id made of the name, which nobody has."""
    word = WORD.sub("-", name.casefold()).strip("-")[: ID_MAX_CHARS - 5].strip("-") or "place"
    return next(id for id in (word, *(f"{word}-{count}" for count in range(2, PLACES_MAX + 2))) if id not in ids)


def _inside(found: list[Found], lines: list[Refused]) -> Iterator[Shape]:
    """What each is in, by id: said by id or by name.  What it cannot be in is put down."""
    by_word = {folded(one.name): one for one in reversed(found)} | {folded(one.id): one for one in reversed(found)}
    for one in found:
        over = by_word.get(folded(one.inside)) if one.inside else None
        inside = over.id if over is not None and may_be_in(one.kind, over.kind) else ""
        if one.inside and not inside and (over is not None or not ID.fullmatch(one.inside)):
            lines.append(Refused(one.number, shown(one.name), Why.NOT_THERE_INSIDE))
        elif one.inside and not inside:
            inside = one.inside  # A place that is there already, perhaps.
        yield Shape(one.id, one.name, one.kind, inside, one.outline)
