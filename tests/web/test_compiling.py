"""Compiled templates say the same as Jinja's own."""

import jinja2
import pytest
from flask import Flask
from markupsafe import Markup

from vod_web.web.compiling import PageEnvironment


class Odd:
    """Something that says itself how it is written as HTML."""

    def __html__(self) -> str:
        return "<odd>"


class Title(str):
    """A text of a kind of its own, such as an enum's."""

    __slots__ = ()


@jinja2.pass_context
def speaker(context: jinja2.runtime.Context, word: str = "who") -> str:
    """A function that wants to know the context."""
    return f"{context['name']} says {word} & more"


def plain(*words: str, end: str = "") -> str:
    """One that does not."""
    return "<".join(words) + end


TEMPLATES = [
    "{{ name }} {{ number }} {{ nothing }} {{ safe }} {{ odd }} {{ title }} {{ words }}",
    "{{ name|upper }} {{ safe|e }} {{ (safe ~ name) }} {{ name|safe }} {{ '<b>' }} {{ true }} {{ 1.5 }}",
    "{% macro m(x, y='<') %}{{ x }}{{ y }}{{ x if x is defined }}{% endmacro %}{{ m(name) }}{{ m(1, y=safe) }}",
    "{% macro m(x) %}[{{ x }}{{ caller(x) }}]{% endmacro %}{% call(one) m(name) %}<{{ one }}>{% endcall %}",
    "{% for one in words %}{{ loop.index }}{{ plain(one, end='>') }}{{ speaker(one) }}{% endfor %}{{ speaker() }}",
    "{% set x = 'a&b' %}{% for one in words %}{% set x = one %}{{ speaker(x) }}{% endfor %}{{ x }}",
    "{% autoescape false %}{{ name }}{{ speaker() }}{% endautoescape %}{{ name }}",
    "{% autoescape wanted %}{{ name }}{% endautoescape %}",
    "{% block one %}{{ name }}{{ plain(name) }}{% endblock %}{{ self.one() }}{{ ''.join(words) }}{{ kinds.get('k') }}",
    "{% set made %}{{ name }}<i>{% endset %}{{ made }}{{ made|length }}{{ name.replace('<', '(') }}",
    "{{ [1, '<', safe]|join(name) }}{{ name[0] }}{{ words[1] }}",
]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("wanted", [True, False])
def test_the_same_is_said(template: str, wanted: bool) -> None:
    values = {
        "name": "<a href='x'>\"&",
        "number": 7,
        "nothing": None,
        "safe": Markup("<b>&amp;</b>"),
        "odd": Odd(),
        "title": Title("<t>"),
        "words": ["<1>", Markup("<2>"), "&"],
        "kinds": {"k": "<k>"},
        "plain": plain,
        "speaker": speaker,
        "wanted": wanted,
    }
    ours = PageEnvironment(Flask("site"), autoescape=True)
    theirs = jinja2.Environment(autoescape=True)
    said = ours.from_string(template).render(values)
    assert said == theirs.from_string(template).render(values)
    assert said
