"""The command line: `serfast predict`, `extract`, `train`, `evaluate`, `bench`, `info`.

One file each; its `add_parser(subparsers)` describes its arguments and sets
`run`, a function from the parsed arguments to the exit status. It imports what the command needs
inside that function, so that `serfast --help` answers at once.
"""
