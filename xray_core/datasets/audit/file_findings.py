"""What is to be said of the files themselves."""

import pandas as pd

from xray_core.datasets.audit.measure import State
from xray_core.datasets.audit.results import Finding, Verdict
from xray_core.datasets.audit.survey import Survey
from xray_core.datasets.audit.wording import MOST_NAMED, number, share
from xray_core.datasets.dataset import Dataset
from xray_core.datasets.joined import JoinedStore
from xray_core.datasets.layout import is_film, is_label_map
from xray_core.datasets.stores import FolderStore

_MANY = 0.01
"""Share of the files from which it is serious that they are no films."""


def file_findings(survey: Survey) -> list[Finding]:
    """Judge whether the files are films that can be read, of real patients."""
    found = [
        _failures(survey, State.UNREADABLE, "Unreadable files", "cannot be read"),
        _failures(survey, State.UNSUITABLE, "Files that are no chest films", "are no chest films"),
        _other_files(other_files(survey.dataset)),
    ]
    synthetic = survey.facts["synthetic"].astype(bool)
    if synthetic.any():
        found.append(_synthetic(survey, synthetic))
    return found


def _failures(survey: Survey, state: State, title: str, words: str) -> Finding:
    failed = survey.facts["state"] == state
    count, total = int(failed.sum()), len(failed)
    paths = tuple(survey.dataset.table["path"][failed].head(MOST_NAMED))
    verdict, sentence = Verdict.FINE, "None was found."
    if count:
        verdict = Verdict.SERIOUS if count >= _MANY * total else Verdict.WARNING
        reason = survey.facts["reason"][failed].iloc[0].rstrip(".")
        sentence = f"{share(count, total)} files {words}; the first: {reason}."
    return Finding(check=state.value, title=title, verdict=verdict, sentence=sentence, films=paths)


def other_files(dataset: Dataset) -> list[str]:
    """Return what was passed over, in folders, where such files are easily lost."""
    store = dataset.store
    stores = store.parts.values() if isinstance(store, JoinedStore) else (store,)
    return sorted(
        address
        for one in stores
        if isinstance(one, FolderStore)
        for address in one.addresses()
        if not (is_film(address) or is_label_map(address) or address.split("/")[-1][0] == ".")
    )


def _other_files(others: list[str]) -> Finding:
    sentence = "None was found."
    if others:
        sentence = (
            f"{number(len(others), 'file is', 'files are')} passed over because the name is not "
            "that of a film."
        )
    return Finding(
        check="other_files",
        title="Other files",
        verdict=Verdict.FINE,
        sentence=sentence,
        films=tuple(others[:MOST_NAMED]),
    )


def _synthetic(survey: Survey, synthetic: pd.Series) -> Finding:
    count, total = int(synthetic.sum()), len(synthetic)
    return Finding(
        check="synthetic",
        title="Synthetic phantoms",
        verdict=Verdict.WARNING,
        sentence=f"{share(count, total)} films are drawn phantoms: good for trying things out, but "
        "a model trained on them knows no patient.",
        films=tuple(survey.dataset.table["path"][synthetic].head(MOST_NAMED)),
    )
