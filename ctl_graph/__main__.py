"""`python -m ctl_graph` is the command."""

from ctl_graph.cli import main

main(prog_name="ctl-graph")
