"""Puts sections into one page that needs nothing beside itself."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jinja2
from bokeh.core.json_encoder import serialize_json
from bokeh.document import Document
from bokeh.resources import Resources
from markupsafe import Markup

from . import colours, pictures
from .draw_page import Drawer


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _kind(item) -> str:
    return "picture" if isinstance(item, pictures.Picture) else type(item).__name__


def library() -> str:
    """BokehJS, as Bokeh's package ships it: the part that draws, without widgets and tables."""
    return "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)


def _safe(value) -> Markup:
    """JSON that can stand in a script element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _groups(sections) -> dict[str, list[pictures.Picture]]:
    """The pictures that are drawn at once under "page", and those of each fold, which are drawn when it is opened."""
    found: dict[str, list[pictures.Picture]] = {"page": []}

    def walk(blocks, group: str):
        for block in blocks:
            if isinstance(block, pictures.Picture):
                found.setdefault(group, []).append(block)
            elif isinstance(block, pictures.Fold):
                walk(block.blocks, _name(block))
            elif isinstance(block, pictures.Side):
                walk(block.blocks, group)

    for section in sections:
        walk(section.blocks, "page")
    return {name: members for name, members in found.items() if members}


def _name(fold: pictures.Fold) -> str:
    """What a fold's group is called: by its first picture."""
    found = pictures.pictures(fold.blocks)
    return f"fold-{found[0].key}" if found else ""


def _document(figures: list, places: dict[str, Markup]) -> Markup:
    """A document of figures as BokehJS embeds it; `places` get the elements that they are drawn into."""
    document = Document(title="")
    # All at once: Bokeh looks through all models again for each root that is added alone.
    with document.models.freeze():
        for made in figures:
            document.add_root(made)
    key = figures[0].id
    for made in figures:
        places[made.name] = Markup(f'<div class="plot" id="plot-{made.id}"></div>')
    items = [{"docid": key, "roots": {made.id: f"plot-{made.id}" for made in figures}, "root_ids": [made.id for made in figures]}]
    text = serialize_json({"documents": {key: document.to_json(deferred=False)}, "items": items})
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def render(title: str, under: str, sections: list[pictures.Section], end: float, modes: list[tuple[float, float, str]] = (), first: float = 0.0) -> str:
    """The page. `end` is the end of the common time axis in s, 0 where there is none; `modes` are from, to, name."""
    groups = _groups(sections)
    documents, places = [], {}
    for name, found in groups.items():
        drawer = Drawer(end, list(modes))
        documents.append((name, _document([drawer.draw(picture) for picture in found], places)))
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    kinds = ("diverging", "sequential")
    return environment.from_string(_part("page.html")).render(
        title=title, under=under, sections=sections, kind=_kind, css=Markup(_part("page.css")), js=Markup(_part("page.js")),
        library=Markup(library().replace("</script", "<\\/script")) if documents else "", figures=places, documents=documents, group=_name,
        palettes=_safe({kind: {scheme: colours.palette(kind, scheme) for scheme in ("light", "dark")} for kind in kinds}),
        story={"end": end, "step": max(end / 5000, 1e-4), "is_timed": end > 0},
        story_json=_safe({"end": end, "modes": [list(span) for span in modes], "first": first}),
    )


def write(path: Path, text: str):
    """Puts a page at its place, whole or not at all."""
    from .. import safetensors

    safetensors.write(path, text.encode())
