"""JSON Schema of the `TypedDict`s that describe bodies."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Schema = dict[str, Any]
_BASIC: dict[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    NoneType: "null",
}


class Components:
    """Collects the schemas that others refer to."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._types: dict[str, Any] = {}
        self._handlers: dict[Any, Callable[[tuple[Any, ...]], Schema]] = {
            NotRequired: lambda arguments: self.schema_of(arguments[0]),
            Annotated: self._annotated,
            Literal: _literal,
            Union: self._union,
            UnionType: self._union,
            list: lambda items: {"type": "array", "items": self.schema_of(items[0])},
            dict: lambda members: {
                "type": "object",
                "additionalProperties": self.schema_of(members[1]),
            },
        }

    def schema_of(self, hint: Any) -> Schema:
        """Return a schema; that of a `TypedDict` is a reference."""
        if is_typeddict(hint):
            return self._refer_to(hint)
        if hint is Any:
            return {}
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is None:
            return {"type": _BASIC[hint]}
        return self._handlers[origin](arguments)

    def _annotated(self, arguments: tuple[Any, ...]) -> Schema:
        kind, *notes = arguments
        schema = self.schema_of(kind)
        for note in notes:
            schema.update({"description": note} if isinstance(note, str) else note.keywords)
        return schema

    def _union(self, members: tuple[Any, ...]) -> Schema:
        """Return a list of types where that says it all, which generators of clients read best."""
        schemas = [self.schema_of(member) for member in members]
        text = next((each.pop("description") for each in schemas if "description" in each), None)
        if len(schemas) == 2 and schemas[1] == {"type": "null"} and "type" in schemas[0]:
            schema = schemas[0]
            if "enum" in schema:
                schema = {**schema, "enum": [*schema["enum"], None]}
            schema = {**schema, "type": [schema["type"], "null"]}
        else:
            schema = {"anyOf": schemas}
        return {**schema, "description": text} if text else schema

    def _refer_to(self, kind: Any) -> Schema:
        name = kind.__name__
        known = self._types.setdefault(name, kind)
        if known is not kind:
            raise TypeError(f"two types are named {name}")
        if name not in self.schemas:
            self.schemas[name] = {}  # before its members, which may refer to it
            self.schemas[name] = self._object(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, kind: Any) -> Schema:
        hints = get_type_hints(kind, include_extras=True)
        schema: Schema = {
            "type": "object",
            "properties": {name: self.schema_of(hint) for name, hint in hints.items()},
        }
        # Not `__required_keys__`, which does not know annotations that are strings.
        optional = [name for name, hint in hints.items() if get_origin(hint) is NotRequired]
        if required := [name for name in hints if name not in optional]:
            schema["required"] = required
        # A class without a docstring inherits that of `dict`.
        if kind.__doc__ and kind.__doc__ != dict.__doc__:
            schema["description"] = cleandoc(kind.__doc__)
        return schema


def _literal(values: tuple[Any, ...]) -> Schema:
    kind = _BASIC[type(values[0])]
    if len(values) == 1:
        return {"type": kind, "const": values[0]}
    return {"type": kind, "enum": list(values)}
