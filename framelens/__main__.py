"""``python -m framelens`` is the ``framelens`` command."""

from framelens.scripts.cli import main

if __name__ == "__main__":
    main()
