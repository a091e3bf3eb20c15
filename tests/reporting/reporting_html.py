"""Reads a page as a tree, and refuses one whose tags don't nest."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "hr", "img", "input", "col", "rect", "line", "circle", "path"}


class Element:
    """One element: tag, attributes, children (elements and strings)."""

    def __init__(self, tag, attributes, parent=None):
        self.tag, self.attributes, self.parent, self.children = tag, attributes, parent, []

    def all(self, *tags):
        """Yield the elements below with one of these tags (any, where none is named), in order."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    @property
    def text(self):
        """Join the text below, runs of white space as one blank."""
        return " ".join(self._raw.split())

    @property
    def _raw(self):
        block = "" if self.tag in ("span", "bdi", "small", "strong", "time", "code", "wbr", "a") else " "
        inner = "".join(child if isinstance(child, str) else child._raw for child in self.children)
        return f"{block}{inner}{block}"

    def get(self, name):
        """Give an attribute, None where it isn't there."""
        return self.attributes.get(name)


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("document", {})

    def handle_starttag(self, tag, attrs):
        made = Element(tag, dict(attrs), self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        assert tag == self.at.tag, f"</{tag}> closes <{self.at.tag}> at {self.getpos()}"
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


def parse(html):
    """Read a whole page; every element must be closed in its place."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.at is builder.root, f"<{builder.at.tag}> is never closed"
    return builder.root
