"""What the console shows, held against what a switch says. See check.sh."""

import argparse
import pathlib
import sys
import traceback

import checks_drawing  # noqa: F401 - its checks enter themselves
import checks_data  # noqa: F401
from bench import CHECKS, Bench
from chromium import Chromium


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chromium", required=True)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    failures = 0
    browser = Chromium(arguments.chromium)
    try:
        for function in CHECKS:
            name = function.__name__.replace("_", "-")
            if arguments.only not in name:
                continue
            bench = Bench(browser, arguments.pictures, name)
            try:
                function(bench)
                bench.nothing_wrong()
                print(f"ok    {name}", flush=True)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next check is run as well
                failures += 1
                where = traceback.extract_tb(error.__traceback__)[1:2]
                print(f"FAIL  {name}: {error} (line {where[0].lineno if where else '?'}; complaints: {browser.complaints()})", flush=True)
            finally:
                bench.end()
    finally:
        browser.close()
    print(f"{failures} failed" if failures else "all hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
