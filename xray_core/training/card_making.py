"""How a model was made, in the sentences of its card."""

from xray_core.bundle import BundleManifest, Preprocessing
from xray_core.networks.transfer import TransferStrategy
from xray_core.training.config import TrainingConfig

OPTIMISERS = {"adamw": "AdamW", "adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}
BALANCED = {
    "class-weights": " Films weigh in the loss in inverse proportion to those of their label.",
    "oversampling": " Films of smaller classes are repeated until all are equal.",
    "focal": " The loss is focal: what is easy weighs less.",
    "none": " Nothing evens out classes of unequal size.",
}


def making_in_words(manifest: BundleManifest, config: TrainingConfig) -> str:
    """Return the paragraph that says what network was trained, how, and on which patients."""
    how, epochs = manifest.preprocessing, len(manifest.training.get("history", ()))
    return (
        f"Network `{manifest.network}` on grey films of {manifest.input.size}×"
        f"{manifest.input.size} px ({_crop(how)} stretched to a square, "
        f"{_greys(how)}), {_start(config)}"
        f"{epochs or config.epochs} epochs of {config.films_per_epoch} films, "
        f"{OPTIMISERS[config.optimiser]} at {config.rate:g} ({config.schedule}), "
        f"seed {config.seed}; labels may be partial. {divided_in_words(config)} Temperature "
        f"{manifest.temperature:.3f}."
        + detail_in_words(how)
        + BALANCED.get(config.imbalance, "")
        + _transfer(config.transfer)
        + _teacher(config)
        + _phantoms(config)
        + _frames(config)
        + _style(config)
        + _weights(config)
    )


def chosen_by(config: TrainingConfig) -> str:
    """Return the sentence on which epoch was kept; it stands below the stressed figures."""
    if config.best == "last":
        return "The weights are those of the last epoch; none was chosen."
    if config.best == "validation":
        return "The epoch was chosen by the calibrated loss of the plain films."
    worst = "worse loss of the two"
    if config.style_floor is not None:
        worst = "worst loss of three (the third: validation films weighted against their style)"
    return f"The epoch was chosen by the {worst}, each time calibrated."


def divided_in_words(config: TrainingConfig) -> str:
    """Return the sentence on the division of patients."""
    how = config.division
    if how.by == "manifest" and config.manifest:
        return f"Patients were divided once, by `{config.manifest.name}`."
    if how.by == "own":
        return (
            "Films have the role of the data set's own folders; a training film of a patient who "
            "is elsewhere too was left out, and what the set lacks was drawn by patients, seed "
            f"{how.seed}."
        )
    if how.by == "folds":
        return (
            f"Patients were divided into {how.folds} folds by seed {how.seed}; fold {how.fold} is "
            "the internal test."
        )
    shares = " / ".join(f"{share:.0%}" for share in how.fractions)
    return f"Patients were divided at random, {shares}, by seed {how.seed}."


def _crop(how: Preprocessing) -> str:
    if how.crop == "border":
        return f"the film without {how.margin:.0%} on each side"
    if how.crop == "none" or how.lungs is None:
        return "the whole film"
    beyond = f"and {how.margin:.0%} about it"
    within = f"less {-how.margin:.0%} of it on each side"
    return (
        f"the box of the lungs that `{how.lungs.name}` finds "
        f"{beyond if how.margin >= 0 else within}, or the whole film where it finds no plausible "
        "pair,"
    )


def _greys(how: Preprocessing) -> str:
    stretched = f"grey values between the {how.low:g} and {how.high:g} percentiles"
    greys = stretched if how.normalisation == "percentile" else "grey values as they are"
    return greys + (f", CLAHE with the clip limit {how.clahe:g}" if how.clahe else "")


def detail_in_words(how: Preprocessing) -> str:
    """Return the sentence on films that are larger than those of the training, if there is one."""
    if how.longest is None:
        return ""
    return (
        f" Films with a side of over {how.longest:,} px are first made so small, for they would be "
        "sharper than any that it learnt from."
    )


def _start(config: TrainingConfig) -> str:
    if config.start == "random":
        return ""
    learnt = "learnt on ImageNet" if config.start == "imagenet" else f"of `{config.start_name}`"
    return f"begun with weights {learnt}, "


def _transfer(how: TransferStrategy) -> str:
    norms = " Batch norm of what was trained was trained too." if how.norms else ""
    said = {
        "all": "",
        "frozen": " Only the head was trained.",
        "frozen-but-last": f" The head and the last {how.layers} layers before it were trained.",
        "all-but-last": f" The last {how.layers} layers before the head were not trained.",
        "frozen-then-all": f" Only the head was trained for {how.unfreeze_epoch} epochs, then all "
        f"of it at {how.fine_rate_factor:g} times the rate.",
    }[how.kind]
    return said and said + norms


def _teacher(config: TrainingConfig) -> str:
    if not config.teacher:
        return ""
    names = " and ".join(f"`{name}`" for name in config.teachers)
    says = f"{names} says" if len(config.teachers) == 1 else f"{names} say on average"
    but = ", unless its lungs are hidden" if config.augmentation.hide_lungs else ""
    return (
        f" Of the loss {config.teacher_share:.0%} asks for what {says} of the same film, changed "
        f"and mixed as it is shown{but}, and the rest for its label (arXiv:1503.02531)."
    )


def _phantoms(config: TrainingConfig) -> str:
    if not config.phantoms.films:
        return ""
    return (
        f" {config.phantoms.films} drawn phantoms make up {config.phantoms.share:.0%} of an "
        "epoch, so that the offline demonstration can be read; no figure here counts one."
    )


def _frames(config: TrainingConfig) -> str:
    how = config.augmentation
    if not how.frame and not how.blur:
        return ""
    return (
        f" In training the outer frame is replaced with probability {how.frame:g} and the "
        f"resolution changed with probability {how.blur:g}, so that neither tells the class; "
        "how far that helped stands under Shortcuts."
    )


def _style(config: TrainingConfig) -> str:
    said = _style_weights(config)
    if config.augmentation.style:
        said += (
            f" With probability {config.augmentation.style:g} a film borrows the sharpness and "
            "part of the grey scale of another."
        )
    if config.augmentation.mix_style:
        said += (
            f" With probability {config.augmentation.mix_style:g} a film's early feature maps take "
            "on part of the mean and spread of another's (MixStyle)."
        )
    if config.augmentation.grain:
        said += (
            f" With probability {config.augmentation.grain:g} grain of random strength (a standard "
            f"deviation of up to {config.augmentation.grain_strength:g}) and size lies over a film."
        )
    if config.augmentation.hide_lungs:
        said += (
            f" With probability {config.augmentation.hide_lungs:g} the middle of a film, with the "
            "lungs, is hidden and the film counts half as normal and half as ill, so that what is "
            "around the lungs says nothing; what is left with the lungs blanked was trained for "
            "too."
        )
    return said


def _style_weights(config: TrainingConfig) -> str:
    floor = config.style_floor
    if floor is None:
        return ""
    inverse = (
        "the inverse of the probability that its style (power spectrum, grey scale, outer ring) "
        f"gives its class, learnt from the training films and taken as no less than {floor:g}"
    )
    if config.imbalance == "sampling":
        return f" A film is drawn by {inverse}, so that those which style misleads are seen more."
    if config.best == "stressed":
        return f" Where epochs are compared a validation film counts by {inverse}."
    return ""


def _weights(config: TrainingConfig) -> str:
    if config.imbalance != "sampling" or len({folder.weight for folder in config.data}) < 2:
        return ""
    each = ", ".join(f"{folder.source} {folder.weight:g}" for folder in config.data)
    return f" Data sets are drawn from by weight: {each}."
