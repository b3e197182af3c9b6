"""Letters of other scripts in Latin ones: plain tables, good enough to know a colleague's name by, no scholarship."""

# ruff: noqa: RUF001 - look-alike letters are the subject of this file.
from __future__ import annotations

import unicodedata


def _pairs(script: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in script.split())


_LATIN = _pairs(
    "Ł=L ł=l Đ=D đ=d Ħ=H ħ=h ı=i ĸ=k Ŋ=N ŋ=n Œ=OE œ=oe Ŧ=T ŧ=t Ð=D ð=d Þ=Th þ=th Ƒ=F ƒ=f Ɓ=B ɓ=b Ɗ=D ɗ=d Ƙ=K ƙ=k "
    "Ɛ=E ɛ=e Ɔ=O ɔ=o Ə=E ə=e Ɣ=G ɣ=g Ɩ=I ɩ=i Ʋ=V ʋ=v ẞ=SS Ƴ=Y ƴ=y ʻ=' ʼ=' ʔ=' Ɲ=N ɲ=n"
)
_CYRILLIC = _pairs(
    "а=a б=b в=v г=g ґ=g ѓ=g д=d ђ=dj е=e ё=yo є=ye ж=zh з=z ѕ=dz и=i і=i ї=yi й=y ј=j к=k ќ=k л=l љ=lj м=m н=n "
    "њ=nj о=o п=p р=r с=s т=t ћ=c у=u ў=u ф=f х=kh ц=ts ч=ch џ=dz ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ғ=g қ=k ң=n "
    "ө=o ұ=u ү=u һ=h ә=e ҷ=j ӣ=i ӯ=u ҳ=h"
)
_GREEK = _pairs(
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_ARMENIAN = _pairs(
    "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=y թ=t ժ=zh ի=i լ=l խ=kh ծ=ts կ=k հ=h ձ=dz ղ=gh ճ=ch մ=m յ=y ն=n շ=sh ո=o չ=ch պ=p "
    "ջ=j ռ=r ս=s վ=v տ=t ր=r ց=ts ւ=v փ=p ք=k օ=o ֆ=f"
)
_GEORGIAN = _pairs(
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=q შ=sh ჩ=ch "
    "ც=ts ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h"
)
_ARABIC = _pairs(
    "ا=a أ=a إ=i آ=a ٱ=a ب=b ت=t ث=th ج=j ح=h خ=kh د=d ذ=dh ر=r ز=z س=s ش=sh ص=s ض=d ط=t ظ=z ع=a غ=gh ف=f ق=q ك=k "
    "ل=l م=m ن=n ه=h و=w ي=y ى=a ة=a ء= ؤ=w ئ=y پ=p چ=ch ژ=zh گ=g ک=k ی=y ے=e ں=n ٹ=t ڈ=d ڑ=r ھ=h ہ=h ـ="
)
_HEBREW = _pairs(
    "א=a ב=b ג=g ד=d ה=h ו=v ז=z ח=ch ט=t י=y כ=k ך=k ל=l מ=m ם=m נ=n ן=n ס=s ע=a פ=p ף=p צ=ts ץ=ts ק=k ר=r ש=sh ת=t"
)
_SIGNS = _pairs(
    "–=- —=- ‐=- ‑=- ‒=- −=- ―=- ‘=' ’=' ‚=' ′=' `=' ´=' “=\" ”=\" „=\" «=\" »=\" •=* ·=. ×=x ⁄=/ ،=, 。=. 、=,"
)


def _both_cases(small: dict[str, str]) -> dict[str, str]:
    return small | {char.upper(): written.capitalize() for char, written in small.items()}


LETTERS: dict[str, str] = {
    **_LATIN,
    **_both_cases(_CYRILLIC),
    **_both_cases(_GREEK),
    **_both_cases(_ARMENIAN),
    **_GEORGIAN,
    **_ARABIC,
    **_HEBREW,
    **_SIGNS,
}


def romanised(char: str) -> str:
    """Korean syllables and Japanese kana by the sound in their Unicode name; nothing for any other character."""
    script, _, sound = unicodedata.name(char, "").rpartition(" ")
    if script == "HANGUL SYLLABLE":
        return sound.lower()
    if script in ("HIRAGANA LETTER", "KATAKANA LETTER", "HIRAGANA LETTER SMALL", "KATAKANA LETTER SMALL"):
        return sound.lower()
    return ""
