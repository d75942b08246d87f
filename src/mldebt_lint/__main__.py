"""Makes `python -m mldebt_lint` the same as `mldebt-lint`."""

from mldebt_lint.cli import main

main()
