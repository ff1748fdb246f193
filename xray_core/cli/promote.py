"""`promote` and `rollback`: who gives the opinions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import Json, Split, print_json, print_notice, print_text, progress

if TYPE_CHECKING:
    from xray_core.promotion.gate import Gate
    from xray_core.promotion.record import Entry

By = Annotated[str, typer.Option(metavar="NAME", help="Who does it; it is written down.")]


def promote(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name that `models` lists.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Labelled films, as for `evaluate`.")],
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is written down.")],
    margin: Annotated[
        float, typer.Option(metavar="M", help="By how much sensitivity may be lower.")
    ] = 0.02,
    specificity_margin: Annotated[
        float, typer.Option(metavar="M", help="By how much specificity may be lower.")
    ] = 0.05,
    override: Annotated[
        bool,
        typer.Option("--override", help="Promote although the gate fails; the card says so."),
    ] = False,
    split: Split = None,
    json: Json = False,
) -> None:
    """Make a model the champion, if it passes the gate on films that neither model has seen.

    \b
    The gate asks six things of the challenger, against the present champion:
      its sensitivity is not lower by more than the margin (one-sided 95 %, paired, over patients);
      its specificity is not lower by more than its own margin, likewise;
      its calibration error is at most 0.05, or the champion's own;
      it leans no more on shortcuts (how far from 0.5 its AUC is with the lungs blanked);
      at most half of the films were used to train or tune either model; those are left out;
      all files are as they were when they were trusted.

    Who, when, why and the evidence are added to promotions.jsonl under XRAY_HOME. Diagnose uses the
    new champion at once; `rollback` brings the former one back. Where the gate fails, the exit code
    is 2 and the champion stays; --override promotes all the same, with a reason of at least 20
    characters, which stays on the model's card.

    \b
    Examples:
      python -m xray_core promote new-1 --data chest_xray --split internal_test \\
          --by "Dr A. Name" --reason "Finds the films of the new scanner"

    \b
    With --json, one object on one line:
      promoted, model {name, sha256}, former, overridden,
      gate {passed, margin, specificity_margin, films, patients, data,
        checks [{name, passed, said, figures}]}
    """
    from xray_core.datasets.open import open_dataset
    from xray_core.errors import PromotionError
    from xray_core.evaluation.selection import select_split
    from xray_core.promotion.champion import check_words
    from xray_core.promotion.champion import promote as put_in_charge
    from xray_core.promotion.evidence import gather
    from xray_core.promotion.gate import check_margin, judge

    check_words(by, reason, override=override)
    check_margin(margin)
    check_margin(specificity_margin)
    dataset = select_split(open_dataset(data), split)
    evidence = gather(model, dataset, split=split, progress=progress("Films scored:"))
    gate = judge(evidence, margin, specificity_margin)
    entry, refusal = None, None
    try:
        entry = put_in_charge(gate, by=by, reason=reason, override=override)
    except PromotionError as error:
        refusal = error
    if json:
        print_json(_record(gate, entry))
    else:
        print_text([*_evidence(gate), "", _outcome(entry)])
        print_notice()
    if refusal:
        raise refusal


def rollback(
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is written down.")] = "",
    json: Json = False,
) -> None:
    """Bring back the model that was the champion before the present one was promoted.

    \b
    Example:
      python -m xray_core rollback --by "Dr A. Name" --reason "Misses films of the ward"

    \b
    With --json, one object: action, model {name, sha256}, former, by, reason, at
    """
    from xray_core.promotion.champion import rollback as take_back

    entry = take_back(by=by, reason=reason)
    if json:
        out = entry.model_dump(mode="json")
        print_json({k: out[k] for k in ("action", "model", "former", "by", "reason", "at")})
        return
    print_text([f"{entry.model.name} is the champion again; {entry.former_name} was it."])
    print_notice()


def _record(gate: "Gate", entry: "Entry | None") -> dict[str, object]:
    former = gate.champion and {"name": gate.champion.name, "sha256": gate.champion.sha256}
    return {
        "promoted": entry is not None,
        "model": {"name": gate.challenger.name, "sha256": gate.challenger.sha256},
        "former": former,
        "overridden": bool(entry and entry.overridden),
        "gate": gate.to_json(),
    }


def _evidence(gate: "Gate") -> list[str]:
    against = gate.champion.name if gate.champion else "no champion"
    lines = [f"{gate.challenger.name} against {against}, {gate.films:,} films of {gate.data.name}"]
    for check in gate.checks:
        lines += ["", f"{'passed' if check.passed else 'FAILED'}  {check.title}"]
        lines += [f"        {check.said}"]
    return lines


def _outcome(entry: "Entry | None") -> str:
    if entry is None:
        return "The champion stays."
    how = ", although the gate failed" if entry.overridden else ""
    return f"{entry.model.name} is the champion now{how}."
