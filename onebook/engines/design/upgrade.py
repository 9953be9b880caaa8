"""Upgrades under overlays: where a new version of an app and a company's own changes touch the same thing. Pure."""

from collections.abc import Iterator, Sequence

from onebook.definition.app import App
from onebook.definition.model import Declared
from onebook.definition.overlay import Key, at, changed_paths, content_of
from onebook.values.refusal import Problem


def conflicts(old: Sequence[App], new: Sequence[App]) -> Iterator[Problem]:
    """Every place that a patch changes and that the patched app changed too, since the patch was laid.

    A patch that is itself new or different was made knowing the new version, or is part of it: no conflict."""
    before, after = _contents(old), _contents(new)
    former = {(app.app, patch.patch, patch.name): patch for app in old for patch in app.patches}
    for app in new:
        for patch in app.patches:
            key = (patch.patch, patch.name)
            if former.get((app.app, *key)) != patch or key not in before:
                continue
            for path in changed_paths(patch.change):
                place = tuple(part.removesuffix("+") for part in path)
                was, now = at(before[key], place), at(after.get(key, {}), place)
                adds = path[-1].endswith("+") and isinstance(now, list)
                if was != now and not adds:
                    dotted = f"{patch.patch} {patch.name}: {'.'.join(path)}"
                    overlay = at(patch.change, path)
                    data = {"app": app.app, "was": was, "now": now, "overlay": overlay}
                    yield Problem("design.overlay_conflict", dotted, data=data)


def _contents(apps: Sequence[App]) -> dict[Key, dict[str, object]]:
    """The declarations as their apps ship them, without overlays."""
    return {
        _key(declaration): content_of(declaration)
        for app in apps
        for declaration in (*app.forms, *app.accounts, *app.reports, *app.roles, *app.menus)
    }


def _key(declaration: Declared) -> Key:
    kind = next(iter(type(declaration).model_fields))
    return kind, getattr(declaration, kind)
