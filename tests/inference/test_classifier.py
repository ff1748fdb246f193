"""An opinion is calibrated, repeatable from any thread, and withheld where it has no ground."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from trusting import trust

from xray_core.bundle import BundleInfo, BundleManifest, NoveltyLimits, find_bundle
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import BundleError, UnsuitableFilm
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import Classifier, Decision, Status, load_classifier
from xray_core.labels import CLASSES
from xray_core.novelty import NoveltyModel


@pytest.fixture(scope="module")
def phantom():
    """A film marked as synthetic."""
    return phantom_radiograph(draw_phantom(11, PhantomKind.LOBAR, size=256))


@pytest.fixture(scope="module")
def film(phantom):
    """The same as if it were a patient's."""
    return replace(phantom, synthetic=False, warnings=(), source="film.png")


@pytest.fixture
def with_novelty(tiny_store, tmp_path):
    """Return `with_novelty(flag, refuse)`: the tiny classifier with a novelty check."""
    kinds = list(PhantomKind)
    inputs = [draw_phantom(s, kinds[s % 4], size=64).pixels[::2, ::2] for s in range(8)]
    rolled = np.stack([np.roll(x, k - 6, axis=k % 2) for x in inputs for k in range(13)])

    def build(flag, refuse):
        folder = tmp_path / "tiny"
        shutil.copytree(tiny_store / "tiny", folder, dirs_exist_ok=True)
        NoveltyModel.fit(rolled).save(folder / "novelty.npz")
        limits = NoveltyLimits(flag=flag, refuse=refuse, chosen_on="phantoms")
        manifest = BundleManifest.read(folder).model_copy(update={"novelty": limits})
        manifest.write(folder)
        sha256 = trust(folder)
        info = replace(info_of(folder), manifest=manifest, sha256=sha256)
        return Classifier(info)

    return build


def info_of(folder):
    return BundleInfo("tiny", "classifier", folder, "", BundleManifest.read(folder), True)


def test_an_opinion_is_complete_and_adds_up(tiny_classifier, film):
    prediction = tiny_classifier.predict(film)
    assert prediction.status is Status.OK
    assert tuple(prediction.probabilities) == CLASSES
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert prediction.p_pneumonia == pytest.approx(1 - prediction.probabilities["NORMAL"])
    expected = Decision.PNEUMONIA if prediction.p_pneumonia >= 0.5 else Decision.NORMAL
    assert prediction.decision is expected
    assert (prediction.source, prediction.sha256) == (film.source, film.sha256)
    assert prediction.model.sha256 == tiny_classifier.sha256


def test_probabilities_are_the_softmax_of_the_logits_over_the_temperature(tiny_classifier):
    batch = np.random.default_rng(0).random((5, 32, 32), dtype=np.float32)
    logits = np.asarray(tiny_classifier.model(batch[..., None], training=False))
    expected = softmax(logits / tiny_classifier.manifest.temperature, axis=1)
    np.testing.assert_allclose(tiny_classifier.probabilities(batch), expected, atol=1e-6)
    np.testing.assert_array_equal(
        tiny_classifier.probabilities(batch[..., None]), tiny_classifier.probabilities(batch)
    )


def test_many_threads_get_the_answers_that_one_gets(tiny_classifier, film):
    films = [
        replace(film, pixels=np.roll(film.pixels, 9 * k, axis=1), source=str(k)) for k in range(24)
    ]
    alone = [tiny_classifier.predict(f).probabilities for f in films]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(tiny_classifier.predict, films * 3))
    assert [p.source for p in together] == [f.source for f in films] * 3
    for prediction, expected in zip(together, alone * 3, strict=True):
        assert prediction.probabilities == pytest.approx(expected, abs=1e-6)


def test_exposure_does_not_change_the_opinion(tiny_classifier, film):
    darker = replace(film, pixels=(0.1 + 0.6 * film.pixels).astype(np.float32))
    one, other = (tiny_classifier.predict(f).probabilities for f in (film, darker))
    assert other == pytest.approx(one, abs=1e-4)


def test_what_the_network_sees_is_what_is_scored(tiny_classifier, film):
    tall = replace(film, pixels=np.ascontiguousarray(film.pixels[:, 30:200]))
    view = tiny_classifier.see(tall)
    assert view.pixels.shape == (32, 32)
    assert view.pixels.dtype == np.float32
    assert (view.pixels.min(), view.pixels.max()) == (0, 1)
    assert view.geometry.film_shape == (256, 170)
    scored = tiny_classifier.probabilities(view.pixels[None])[0]
    assert list(tiny_classifier.predict(tall).probabilities.values()) == pytest.approx(scored)


def test_a_phantom_gets_an_opinion_that_says_what_it_is(tiny_classifier, phantom):
    prediction = tiny_classifier.predict(phantom)
    assert prediction.decision in (Decision.PNEUMONIA, Decision.NORMAL)
    assert prediction.reasons.count("Synthetic phantom, not a patient.") == 1


def test_a_film_unlike_the_training_films_makes_the_model_abstain(with_novelty, film):
    distance = with_novelty(9e8, 9e9).novelty(with_novelty(9e8, 9e9).see(film))
    calm = with_novelty(distance * 1.01, distance * 2).predict(film)
    assert calm.decision is not Decision.ABSTAIN
    unsure = with_novelty(distance * 0.99, distance * 2).predict(film)
    assert unsure.decision is Decision.ABSTAIN
    assert unsure.status is Status.OK
    assert unsure.probabilities == calm.probabilities
    assert any("does not look like the chest films" in reason for reason in unsure.reasons)


def test_a_film_too_unlike_them_is_refused_with_both_numbers(with_novelty, film):
    noise = np.random.default_rng(2).random(film.shape).astype(np.float32)
    model = with_novelty(1.0, 1.5)
    with pytest.raises(UnsuitableFilm, match=r"film\.png: .*distance \d+\.\d\d, at most 1\.50"):
        model.predict(replace(film, pixels=noise))


def test_saying_that_it_is_a_phantom_opens_no_door(with_novelty, phantom):
    noise = np.random.default_rng(2).random(phantom.shape).astype(np.float32)
    with pytest.raises(UnsuitableFilm, match="does not look like"):
        with_novelty(1.0, 1.5).predict(replace(phantom, pixels=noise))


def test_a_grown_up_is_told_on_whom_the_threshold_was_chosen(tiny_classifier, film):
    def reasons(age):
        header = replace(film.header, age_years=age)
        return tiny_classifier.predict(replace(film, header=header)).reasons

    assert any("age of 45 years" in reason for reason in reasons(45.0))
    assert not any("age of" in reason for age in (3.0, None) for reason in reasons(age))


def test_whom_the_threshold_was_chosen_on_is_said_in_words(tiny_bundle, film):
    model = load_classifier("tiny")
    (point, *_) = model.manifest.operating_points
    point = point.model_copy(update={"chosen_on": "validation patients of kids"})
    data = [{"source": "kids", "population": "Children of one to five years, of a hospital"}]
    model.manifest = model.manifest.model_copy(
        update={
            "operating_points": (point,),
            "training": {**model.manifest.training, "data": data},
        }
    )
    adult = replace(film, header=replace(film.header, age_years=45.0))
    said = "chosen on validation patients of kids (children of one to five years)"
    assert any(said in reason for reason in model.predict(adult).reasons)


@pytest.mark.parametrize(
    ("age", "told"), [(45.0, None), (20.0, None), (3.0, "of children is another matter")]
)
def test_who_the_threshold_was_not_chosen_on_is_told_whatever_the_age(tiny_bundle, film, age, told):
    model = load_classifier("tiny")
    (point, *_) = model.manifest.operating_points
    point = point.model_copy(update={"chosen_on": "validation patients of adults"})
    data = [{"source": "adults", "ages": [18, 120]}, {"source": "kids", "ages": [1, 6]}]
    training = {**model.manifest.training, "data": data}
    update = {"operating_points": (point,), "training": training}
    model.manifest = model.manifest.model_copy(update=update)
    reasons = model.predict(replace(film, header=replace(film.header, age_years=age))).reasons
    said = [reason for reason in reasons if "gives an age" in reason]
    assert (told in said[0]) if told else not said


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (0.1, "under one year"),
        (3.0, None),
        (5.9, None),
        (6.0, "6 years"),
        (15.0, "15 years"),
        (17.9, "17 years"),
    ],
)
def test_an_age_that_the_model_did_not_learn_from_is_told(tiny_bundle, film, age, told):
    data = [
        {"source": "kids", "ages": [1, 6]},
        {"source": "adults", "ages": [18, 120]},
    ]
    model = load_classifier("tiny")
    training = {**model.manifest.training, "data": data}
    model.manifest = model.manifest.model_copy(update={"training": training})
    header = replace(film.header, age_years=age)
    reasons = model.predict(replace(film, header=header)).reasons
    said = [reason for reason in reasons if "gives an age" in reason]
    if told is None:
        assert not said
    else:
        assert len(said) == 1
        assert f"an age of {told}" in said[0]
        assert "learnt from patients of 1 to under 6 and 18 to under 120 years" in said[0]


def test_damaged_weights_are_found_before_the_first_film(tiny_bundle):
    model = load_keras_model(tiny_bundle / "model.keras")
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    model.save(tiny_bundle / "model.keras")
    trust(tiny_bundle, default=True)
    with pytest.raises(BundleError, match="weights are damaged"):
        load_classifier()


def test_a_probability_that_is_no_number_is_no_opinion(tiny_bundle, film):
    model = load_classifier("tiny")
    model._network = lambda batch: np.full((len(batch), 4), np.nan, np.float32)
    with pytest.raises(BundleError, match="model 'tiny' gives no numbers"):
        model.predict(film)
    with pytest.raises(BundleError, match="gives no numbers"):
        model.probabilities(np.zeros((3, 32, 32), np.float32))


def test_a_missing_novelty_file_is_refused(with_novelty):
    model = with_novelty(1, 2)
    (model.folder / "novelty.npz").unlink()
    info = replace(info_of(model.folder), sha256=trust(model.folder))
    with pytest.raises(BundleError, match="the novelty check cannot be read"):
        Classifier(info)


def test_the_champion_is_loaded_by_default(tiny_bundle, film):
    model = load_classifier()
    assert model.name == "tiny"
    assert model.folder == tiny_bundle
    assert model.sha256 == find_bundle("tiny").sha256
    assert model.predict(film).status is Status.OK


def test_a_segmenter_is_no_classifier(tiny_store):
    with pytest.raises(BundleError, match="is a segmenter, not a classifier"):
        Classifier(replace(info_of(tiny_store / "tiny"), kind="segmenter"))


@pytest.mark.parametrize("change", [{"input": {"size": 64}}, {"operating_points": []}])
def test_weights_that_do_not_fit_the_manifest_are_one_sentence(tiny_bundle, change):
    path = tiny_bundle / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    trust(tiny_bundle, default=True)
    with pytest.raises(BundleError, match=r"not what its bundle\.json says"):
        load_classifier()
