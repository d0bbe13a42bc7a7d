"""`python3 -m setup [--tests]` and `python3 -m setup bundle`; called by the Makefile."""

from __future__ import annotations

import sys

MINIMUM_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            f"Fehler (python_too_old): Python {found} ist zu alt, gebraucht wird 3.11 oder neuer.\n"
            "Abhilfe: Python 3.11 installieren (ab Debian 12: python3) oder „make PYTHON=/pfad/python3.11“ aufrufen.\n"
        )
        return 3
    # Imported late: these modules need a newer Python than the check above.
    from casefile.errors import AktensucheError
    from casefile.wording import os_message
    from setup import bundle, machine

    try:
        if arguments == ["bundle"]:
            machine.prepare(tests=False)
            bundle.make()
        else:
            machine.prepare(tests="--tests" in arguments)
    except AktensucheError as error:
        sys.stderr.write(f"Fehler ({error.code}): {error.message}\nAbhilfe: {error.remedy}\n")
        return error.exit_status
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        sys.stderr.write(f"Fehler (os_{error.errno}): {os_message(error)}{place}\n")
        sys.stderr.write("Abhilfe: Speicherplatz, Rechte und Pfad prüfen, dann denselben Befehl wiederholen.\n")
        return 3
    except KeyboardInterrupt:
        sys.stderr.write("Abgebrochen; derselbe Befehl macht dort weiter.\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
