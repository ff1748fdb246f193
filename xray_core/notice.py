"""The sentence that stands on every page and in every export."""

NOTICE = "Research use only; not a medical device; COVID-19 needs a laboratory test."
