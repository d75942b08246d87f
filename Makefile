# Everyday commands for people who change mldebt-lint; each needs `pip install -e '.[dev]'` once.
.PHONY: docs check test

docs: ## write docs/rules/ and rules/README.md from the rules
	python -m mldebt_lint.commands.docs

check: ## format, lint, types, layers
	ruff format --check .
	ruff check .
	mypy
	lint-imports

test:
	python -m pytest
