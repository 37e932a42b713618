"""`python -m harvester` is the command `harvest`."""

from harvester.cli import main

if __name__ == "__main__":
    main()
