"""Copies finished tables out of the private warehouse so that readers never meet a lock.

Belongs here: what may be read by whom, and the swap of one finished file for the next. Does not belong here:
disclosure control, which is not built yet: everything written here stays inside the trust.
"""

from orchestration.publish.build import Publication, PublishError, publish

__all__ = ["Publication", "PublishError", "publish"]
