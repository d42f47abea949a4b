"""The command line behind the Makefile: `python -m orchestration COMMAND`."""

from orchestration.cli import main

if __name__ == "__main__":
    main()
