"""Overlays: a company's own changes, laid over the declarations of the apps it installed."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from onebook.definition.app import Patch
from onebook.definition.model import Declared
from onebook.values.refusal import Problem

Key = tuple[str, str]


def content_of(declaration: Declared) -> dict[str, Any]:
    """A declaration as the mapping that its text says."""
    return declaration.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def merged(content: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the change laid over it: mappings key by key, everything else replaced; null removes, and
    `reports+` adds to the list `reports`."""
    result = dict(content)
    for key, value in change.items():
        standing = result.get(key)
        if key.endswith("+") and isinstance(value, list):
            present = list(result.get(key[:-1], []))
            result[key[:-1]] = present + [each for each in value if each not in present]
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(standing, Mapping):
            result[key] = merged(standing, value)
        else:
            result[key] = merged({}, value) if isinstance(value, Mapping) else value
    return result


def laid(
    declarations: Mapping[Key, Declared], patches: Iterable[Patch], problems: list[Problem]
) -> dict[Key, Declared]:
    """The declarations under all patches, in their order. What cannot be laid is a problem and changes nothing."""
    result = dict(declarations)
    for patch in patches:
        key = (patch.patch, patch.name)
        subject = f"patch {patch.patch} {patch.name}"
        if key not in result:
            problems.append(Problem("definition.patch_without_target", subject, data={"reason": patch.name}))
            continue
        try:
            result[key] = type(result[key]).model_validate(merged(content_of(result[key]), patch.change))
        except ValidationError as error:
            for each in error.errors(include_url=False):
                path = ".".join(map(str, each["loc"]))
                problems.append(Problem("definition.malformed", f"{subject}: {path}", data={"reason": each["msg"]}))
    return result


def changed_paths(change: Mapping[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths that a patch sets or removes."""
    paths: list[tuple[str, ...]] = []
    for key, value in change.items():
        path = (*above, key)
        paths.extend(changed_paths(value, path) if isinstance(value, Mapping) and value else [path])
    return paths


def at(content: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What stands at a path, or None."""
    standing: Any = content
    for part in path:
        if not isinstance(standing, Mapping):
            return None
        standing = standing.get(part)
    return standing
