"""The command line: `serfast predict`, `extract`, `train`, `evaluate`, `info`; one file each.

A command's module has `add_parser(subparsers)`, which describes its arguments and sets
`run`, a function from the parsed arguments to the exit status. It imports what the command needs
inside that function, so that `serfast --help` answers at once.
"""
