"""What `benchmarks/speed.py` measures, and how; nothing of it is part of the installed package."""
