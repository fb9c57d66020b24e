"""The command line: `serfast predict`, `extract`, `train`, `evaluate`, `bench`, `info`.

Each command is one file. Its `add_parser(subparsers)` describes its arguments and sets `run`, a
function from the parsed arguments to the exit status. The file is loaded only if its command is
asked for, so that `serfast --help` answers at once; the lines of that help are in `main`.
"""
