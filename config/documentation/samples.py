"""A request in the languages of most partners, as Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

#: Where a reader puts a key; the pages replace them by the reader's own.
PLACEHOLDERS = {"image": "sq_test_your-key-here", "management": "sq_mgmt_test_your-key-here"}


@dataclass(frozen=True, slots=True)
class Request:
    """`path` includes the query."""

    method: str
    url: str
    key: str
    body: Any = None


def sample_markdown(request: Request, endpoint: str) -> str:
    """Return one fenced block a language; the pages show them as tabs that can be run."""
    blocks = (
        ("sh", "curl", _curl(request)),
        ("python", "Python", _python(request)),
        ("javascript", "Node", _node(request)),
        ("php", "PHP", _php(request)),
    )
    return "\n\n".join(
        f"```{syntax} sample={name} endpoint={endpoint}\n{text}\n```"
        for syntax, name, text in blocks
    )


def _json(value: Any, indent: int = 2) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _curl(request: Request) -> str:
    method = "" if request.method == "GET" else f"-X {request.method} "
    lines = [f'curl -s {method}"{request.url}"', f'  -H "X-API-Key: {request.key}"']
    if request.body is not None:
        body = _json(request.body).replace("'", "'\\''").replace("\n", "\n  ")
        lines += ['  -H "Content-Type: application/json"', f"  -d '{body}'"]
    return " \\\n".join(lines)


def _python(request: Request) -> str:
    body = "" if request.body is None else f"    json={_indented(_python_literal(request.body))},\n"
    return (
        "import requests\n\n"
        f"response = requests.{request.method.lower()}(\n"
        f'    "{request.url}",\n'
        f'    headers={{"X-API-Key": "{request.key}"}},\n'
        f"{body}"
        "    timeout=150,\n"
        ")\n"
        "print(response.json())"
    )


def _node(request: Request) -> str:
    headers = [f'"X-API-Key": "{request.key}"']
    body = ""
    if request.body is not None:
        headers.append('"Content-Type": "application/json"')
        body = f"  body: JSON.stringify({_indented(_json(request.body), '  ')}),\n"
    return (
        f'const response = await fetch("{request.url}", {{\n'
        f'  method: "{request.method}",\n'
        f"  headers: {{ {', '.join(headers)} }},\n"
        f"{body}"
        "});\n"
        "console.log(await response.json());"
    )


def _php(request: Request) -> str:
    headers = [f'"X-API-Key: {request.key}"']
    body = ""
    if request.body is not None:
        headers.append('"Content-Type: application/json"')
        body = f"    CURLOPT_POSTFIELDS => json_encode({_indented(_php_literal(request.body))}),\n"
    return (
        "<?php\n"
        f'$call = curl_init("{request.url}");\n'
        "curl_setopt_array($call, [\n"
        f'    CURLOPT_CUSTOMREQUEST => "{request.method}",\n'
        "    CURLOPT_RETURNTRANSFER => true,\n"
        f"    CURLOPT_HTTPHEADER => [{', '.join(headers)}],\n"
        f"{body}"
        "]);\n"
        "echo curl_exec($call);"
    )


def _indented(text: str, indent: str = "    ") -> str:
    return text.replace("\n", f"\n{indent}")


def _python_literal(value: Any) -> str:
    names = {"true": "True", "false": "False", "null": "None"}
    return _literal(value, names, ("{", ": ", "}"), ("[", "]"))


def _php_literal(value: Any) -> str:
    names = {"{}": "new stdClass()"}  # an empty array would be one in JSON, too
    return _literal(value, names, ("[", " => ", "]"), ("[", "]"))


def _literal(
    value: Any, names: dict[str, str], pairs: tuple[str, str, str], items: tuple[str, str]
) -> str:
    if value and isinstance(value, dict):
        opening, between, closing = pairs
        lines = [
            f"    {_json(name)}{between}{_indented(_literal(each, names, pairs, items))},\n"
            for name, each in value.items()
        ]
        return f"{opening}\n{''.join(lines)}{closing}"
    if isinstance(value, list):
        parts = ", ".join(_literal(each, names, pairs, items) for each in value)
        return f"{items[0]}{parts}{items[1]}"
    text = _json(value)
    return names.get(text, text)
