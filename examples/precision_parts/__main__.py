"""The command `onebook` with the demo company: made before the first start, and its logins shown."""

import time

from examples.precision_parts.cast import CAST, COMPANY, PASSWORD
from examples.precision_parts.story import build
from onebook.bootstrap import main
from onebook.entrypoints.cli.house import House
from onebook.storage.schema import companies, drop_company


def prepare(house: House) -> None:
    """Make the demo company if there is no company at all, and say who may log in to it."""
    if not _names(house):
        _build(house)
    if COMPANY in _names(house):
        print(f"演示公司 | demo company: {COMPANY}")
        width = max(len(person.login) for person in CAST)
        for person in CAST:
            print(f"  {person.login:{width}}  {PASSWORD}  {person.name} ({', '.join(person.roles)})")


def _build(house: House) -> None:
    began = time.monotonic()
    print("正在建立演示公司，仅此一次 | Making the demo company, only this once", flush=True)
    shown: tuple[str, int] | None = None

    def progress(text: str, share: float) -> None:
        nonlocal shown
        if (step := (text, int(share * 10))) != shown:
            shown = step
            print(f"  {share:4.0%}  {text}", flush=True)

    try:
        build(house.application, house.database, progress=progress)
    except BaseException:
        # Half a demo would never be completed: away with it, and the next start makes a whole one.
        with house.database.administration() as connection:
            for company in companies(connection):
                if company.name == COMPANY:
                    drop_company(connection, company)
        raise
    print(f"  {time.monotonic() - began:.0f} s", flush=True)


def _names(house: House) -> set[str]:
    with house.database.administration() as connection:
        return {company.name for company in companies(connection)}


if __name__ == "__main__":
    main(prepare)
