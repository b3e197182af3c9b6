"""What is said about a drawing that somebody chose: why it cannot be used, and what of it is not."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.runtime.drawings.shapes import Left, No, Why
from tocsin.web.speaking import words

FILES: Mapping[No, str] = {
    No.EMPTY: words("There is nothing in it. Choose another file."),
    No.TOO_LARGE: words("It is larger than %(detail)s MB. Save it smaller, or one floor at a time."),
    No.OTHER_KIND: words("It is a %(detail)s file, whatever its name says. Save it as PNG, SVG or GeoJSON."),
    No.UNKNOWN_KIND: words("It is no PNG, SVG or GeoJSON, whatever its name says. Choose another file."),
    No.TOO_HARD: words("It takes too long to draw. Save it simpler, or as PNG."),
    No.DAMAGED: words("It is damaged, or was cut short. Save it anew and choose that."),
    No.MOVES: words("It is a moving picture. Save one picture of it as PNG."),
    No.TOO_MANY_PIXELS: words("It has more than %(detail)s million pixels. Save it smaller."),
    No.TOO_SMALL: words("It is less than %(detail)s pixels high or wide. Choose a larger picture."),
    No.TOO_NARROW: words("It is more than %(detail)s times as long as it is wide. Cut it to what is needed."),
    No.NOTHING_SEEN: words("There is nothing to be seen on it. Look at how it was saved."),
    No.NO_SIZE: words("It does not say how large it is. Save it with a width and a height."),
    No.OWN_WORDS: words("It defines words of its own. Save it as plain SVG, without the drawing program's extras."),
    No.ELSEWHERE: words("It points to a file that is not in it (%(detail)s). Save it with its pictures inside."),
    No.PICTURE_INSIDE: words("A picture inside it cannot be used. Use PNG or JPEG inside, or save all of it as PNG."),
    No.TOO_DEEP: words("It has groups within groups without end. Save it with fewer groups, or as PNG."),
    No.TOO_MANY_PARTS: words("It has more than %(detail)s parts. Leave out what nobody needs, or save it as PNG."),
    No.NO_JSON: words("It begins like GeoJSON, but what stands in line %(detail)s is none. Export it anew."),
    No.NO_COLLECTION: words("It is no GeoJSON FeatureCollection. Export it as one."),
    No.OTHER_EARTH: words("Its coordinates are in %(detail)s. Export it in WGS 84 (EPSG:4326)."),
    No.NO_DEGREES: words("Its coordinates are no degrees. Export it in WGS 84 (EPSG:4326)."),
    No.TOO_WIDE: words("Its shapes lie %(detail)s km apart. Export one site alone, and look for one that is far off."),
    No.TOO_MANY_SHAPES: words("It has more than %(detail)s shapes. Export only the places that matter."),
    No.NO_SHAPE: words("None of its shapes can be used. Each needs a name, and an outline in degrees."),
}
LINES: Mapping[Why, str] = {
    Why.NOT_A_SHAPE: words("It is no polygon, line or point."),
    Why.NOWHERE: words("It says no place."),
    Why.NO_NUMBER: words("Its coordinates are no numbers that can be used."),
    Why.OUT_OF_RANGE: words("It lies off the globe. Latitude and longitude may have changed places."),
    Why.CROSSES_ITSELF: words("Its outline crosses itself. Draw it anew without the crossing."),
    Why.SEVERAL_PARTS: words("It has several parts. Make each of them a place of its own."),
    Why.LONG_LINE: words("It is a line with more than two ends. A door is a line between two corners."),
    Why.TOO_FEW: words("It has too few corners for an outline."),
    Why.TOO_MANY_CORNERS: words("It has too many corners, however simple it is made. Draw it simpler."),
    Why.TOO_SMALL: words("It is too small or too thin to be drawn beside the others."),
    Why.NO_NAME: words("It has no name. Give it one that people would say."),
    Why.LONG_NAME: words("Its name is too long."),
    Why.SAME_NAME: words("Another one in the same place has its name."),
    Why.SAME_ID: words("Another one has its id."),
    Why.NO_SUCH_KIND: words("Its kind is none of building, floor, room, door, lot and bay."),
    Why.NOT_A_DOOR: words("It is a line, and only doors are lines."),
    Why.NOT_THERE_INSIDE: words("It cannot be inside what it names, and is put directly in the site."),
    Why.HOLE: words("It has a hole, which is left out."),
    Why.SIMPLER: words("It has very many corners, and is drawn simpler."),
}
LEFT_OUT: Mapping[Left, str] = {
    Left.SCRIPT: words("A program in it is left out."),
    Left.LINKS: words("Links in it are left out."),
    Left.LETTERING: words("Its own letters are left out; its words are drawn in ours."),
    Left.WEB_PAGE: words("Words that are written as a web page are left out. If some are missing, save it as PNG."),
    Left.EFFECTS: words("Shadows and other effects are left out."),
}
