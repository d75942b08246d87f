"""What earlier runs left behind: digests of files, what was found in each, facts, whole reports."""

from mldebt_lint.cache.contents import Content, Contents
from mldebt_lint.cache.database import Cache, DamagedCacheError, Entry, Verdict
from mldebt_lint.cache.folder import CACHE_FOLDER, clean, discard, open_cache
from mldebt_lint.cache.keys import FactKeys, analysis_key, state_key

__all__ = [
    "CACHE_FOLDER",
    "Cache",
    "Content",
    "Contents",
    "DamagedCacheError",
    "Entry",
    "FactKeys",
    "Verdict",
    "analysis_key",
    "clean",
    "discard",
    "open_cache",
    "state_key",
]
