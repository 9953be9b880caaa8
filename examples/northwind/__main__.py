"""`python -m examples.northwind`: replay Northwind into a company of a running server."""

import argparse

import httpx2

from examples.api import Api
from examples.northwind.load import Replay


def main() -> None:
    """Read the options, log in, replay, check the book."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--login", default="admin")
    options.add_argument("--password", required=True)
    options.add_argument("--company", help="the name of the company, if the login knows several")
    chosen = options.parse_args()
    with httpx2.Client(base_url=chosen.url, timeout=120) as client:
        api = Api(client.request, chosen.login, chosen.password, chosen.company)
        Replay(api).run(lambda done, count: print(f"\r{done} of {count}", end="", flush=True))
        print()
        print(api.check())


main()
