"""The second layer: what the sign says in, one HTML file in all its languages out, that needs nothing but itself."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from appliance.sign.content import Content


def draw_page(content: Content) -> str:
    """The page; everything that is put in is escaped, and nothing in it is fetched from anywhere."""
    shelf = Environment(
        loader=PackageLoader("appliance.sign"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return shelf.get_template("layer.html").render(content=content)
