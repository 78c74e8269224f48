"""For MkDocs: CONTRIBUTING.md, which stands at the top where people look for it, is a page of the docs too."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PAGE = "contributing.md"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page; its links begin at the top of the repository, those of a page at docs/."""
    text = (Path(config.config_file_path).parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    files.append(File.generated(config, PAGE, content=text.replace("](docs/", "](")))
    return files


def on_page_markdown(markdown: str, **_) -> str:
    """Let links of the other pages lead there."""
    return markdown.replace("](../CONTRIBUTING.md", f"]({PAGE}")
