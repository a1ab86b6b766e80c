"""`python -m plumbline.config`: the command, where the console script is not on the path."""

from plumbline.config.cli import main

main(prog_name="plumbline")
