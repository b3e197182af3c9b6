"""Drawings from anybody: random and hostile bytes are named with what is wrong, and what is kept of others is ours."""

from __future__ import annotations

import io

import pytest
from effort import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tocsin.core.limits import PICTURE_MAX_BYTES
from tocsin.runtime.drawings import vectors
from tocsin.runtime.drawings.reading import PNG, read
from tocsin.runtime.drawings.shapes import Drawn, Outlined, Unreadable

HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
PIECES = st.sampled_from(
    """<g>
</g>
<rect width="9" height="9"/>
<circle r="5" cx="9" cy="9"/>
<path d="M0 0L9 9"/>
<path d="M0 0C1e40 NaN Z z m"/>
<text x="3" y="9">Ward</text>
<text font-size="1e9">&amp;&#x1F198;&#55296;</text>
<use href="#a"/>
<symbol id="a"><use href="#a"/></symbol>
<g id="b"><use href="#b"/><use href="#b"/></g>
<pattern id="p" width="0" height="1e-30"><use href="#b"/></pattern>
<rect fill="url(#p)" width="9" height="9"/>
<linearGradient id="l" gradientTransform="scale(0)"/>
<mask id="m" mask="url(#m)"><rect width="9" height="9" mask="url(#m)"/></mask>
<clipPath id="c" clip-path="url(#c)"/>
<image href="data:image/png;base64,AAAA"/>
<image xlink:href="//example.org/a.png"/>
<script>1</script>
<style>* { fill: red } @import "x"; a{b:url(x)}</style>
<style>}{</style>
<svg width="1e9" height="-1" viewBox="0 0 0 0">
</svg>
<!DOCTYPE a [<!ENTITY b "c">]>
<![CDATA[ ]]>
<?xml-stylesheet href="x"?>
<a href="x">
</a>
<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>
<rect transform="matrix(1e30 0 0 1e30 0 0) rotate(NaN)" width="1e30" height="9"/>
<rect stroke-width="1e38" stroke-dasharray="0 0 1e-9" stroke="#000" width="9" height="9"/>
<marker id="k"><path d="M0 0" marker-end="url(#k)"/></marker>
&b;
<
>""".splitlines()
)
PARTS = st.lists(PIECES, max_size=12).map(lambda pieces: HEAD + "".join(pieces).encode() + b"</svg>")


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((32, 24), 80).save(out, "PNG")
    return out.getvalue()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole picture with some bytes of it changed, taken out or put in."""
    content = bytearray(a_picture())
    for _ in range(draw(st.integers(1, 6))):
        at, some = draw(st.integers(0, len(content) - 1)), draw(st.binary(max_size=4))
        content[at : at + draw(st.integers(0, 4))] = some
    return bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [PARTS, damaged(), st.binary(max_size=400), st.binary(max_size=400).map(PNG.__add__)],
    ids=["lines", "picture", "bytes", "behind-the-mark"],
)
def test_no_bytes_make_the_reader_raise_and_what_comes_out_is_ours(
    content: st.SearchStrategy[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "DRAWING_SIDE_MAX_PX", 64)

    @settings(max_examples=tries(150), deadline=None, suppress_health_check=list(HealthCheck))
    @given(content)
    def told(given_bytes: bytes) -> None:
        answer = read(given_bytes)
        assert isinstance(answer, Drawn | Outlined | Unreadable)
        if isinstance(answer, Drawn):
            assert len(answer.picture) <= PICTURE_MAX_BYTES
            with Image.open(io.BytesIO(answer.picture), formats=("PNG",)) as image:
                assert image.size == (answer.width, answer.height) and not image.info.get("transparency")

    told()
