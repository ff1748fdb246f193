import gzip
import io
import pickle
import struct
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xray_core.datasets import archive_limits
from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.settings import settings

MEMBERS = (
    "chest_xray/train/NORMAL/IM-0117-0001.jpeg",
    "chest_xray/train/PNEUMONIA/person12_virus_9.jpeg",
    "chest_xray/test/PNEUMONIA/person12_bacteria_47.jpeg",
)
KINDS = ("zip", "tar", "tar.gz", "tgz")


def pack(path: Path, members: dict[str, bytes]) -> Path:
    """Write an archive of the kind that the path's name says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture
def members(film):
    return {name: film(seed) for seed, name in enumerate(MEMBERS)}


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_the_same_data_set_as_its_folder(tmp_path, folder, members, kind):
    junk = {"__MACOSX/chest_xray/._x.jpeg": b"x", "chest_xray/.DS_Store": b"x", "notes.txt": b"x"}
    archive = open_dataset(pack(tmp_path / f"films.{kind}", junk | members))
    plain = open_dataset(folder(*MEMBERS))
    assert archive.table.equals(plain.table)
    assert [archive.film_bytes(i) for i in range(3)] == [plain.film_bytes(i) for i in range(3)]
    assert archive.read(2).shape == (96, 96)


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_can_be_read_from_many_threads_and_after_pickling(tmp_path, film, kind):
    films = {f"NORMAL/{i:02}.png": film(i) for i in range(20)}
    dataset = open_dataset(pack(tmp_path / f"films.{kind}", films))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(dataset.film_bytes, range(20))) == list(films.values())
    assert pickle.loads(pickle.dumps(dataset)).film_bytes(3) == film(3)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_unpacked(tmp_path, members, kind):
    open_dataset(pack(tmp_path / f"films.{kind}", members)).film_bytes(0)
    assert [path.name for path in tmp_path.iterdir()] == [f"films.{kind}"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_map_in_an_archive_is_read(tmp_path, film, kind):
    content = {"0/a.png": film(0), "1/b.png": film(1), "labels.json": b'["NORMAL", "PNEUMONIA"]'}
    dataset = open_dataset(pack(tmp_path / f"films.{kind}", content))
    assert dataset.table["label"].tolist() == ["NORMAL", "PNEUMONIA"]


def test_the_bytes_say_what_an_archive_is_and_not_its_name(tmp_path, members):
    archive = pack(tmp_path / "films.zip", members).rename(tmp_path / "films.tar.gz")
    assert len(open_dataset(archive)) == 3


def test_an_archive_that_was_replaced_is_read_anew(tmp_path, film):
    path = tmp_path / "films.tar"
    assert len(open_dataset(pack(path, {"NORMAL/a.png": film(0)}))) == 1
    path.unlink()
    assert len(open_dataset(pack(path, {f"NORMAL/{i}.png": film(i) for i in range(2)}))) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_film_that_is_no_longer_in_its_archive_is_one_sentence(tmp_path, film, kind):
    path = tmp_path / f"films.{kind}"
    dataset = open_dataset(pack(path, {f"NORMAL/{i}.png": film(i) for i in range(2)}))
    path.unlink()
    pack(path, {"NORMAL/1.png": film(1)})
    with pytest.raises(DatasetError, match=r"holds 'NORMAL/0.png' no longer; open it anew\.$"):
        dataset.film_bytes(0)
    assert dataset.film_bytes(1) == film(1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["/NORMAL/a.png", "../NORMAL/a.png", "NORMAL/../../a.png", "C:/a.png", "N\\a.png"]
)
def test_unsafe_names_are_refused(tmp_path, film, kind, name):
    archive = pack(tmp_path / f"films.{kind}", {"NORMAL/b.png": film(0), name: film(1)})
    with pytest.raises(DatasetError, match="unsafe name"):
        open_dataset(archive)


def test_leading_dots_of_a_tar_are_no_folder(tmp_path, film):
    archive = pack(tmp_path / "films.tar", {"./NORMAL/a.png": film(0)})
    assert open_dataset(archive).table["path"].tolist() == ["NORMAL/a.png"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    member = tarfile.TarInfo("NORMAL/a.png")
    member.type, member.linkname = kind, "/etc/hostname"
    with tarfile.open(tmp_path / "films.tar", "w") as archive:
        archive.addfile(member)
    with pytest.raises(DatasetError, match="link, device or sparse"):
        open_dataset(tmp_path / "films.tar")


def test_a_link_in_a_zip_is_refused(tmp_path):
    member = zipfile.ZipInfo("NORMAL/a.png")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as archive:
        archive.writestr(member, "/etc/hostname")
    with pytest.raises(DatasetError, match="holds the link"):
        open_dataset(tmp_path / "films.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_occurs_twice_is_refused(tmp_path, film, kind):
    path = tmp_path / f"films.{kind}"
    pack(path, {"NORMAL/a.png": film(0), "./NORMAL/a.png": film(1)})
    with pytest.raises(DatasetError, match="twice"):
        open_dataset(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(archive_limits, "_SLACK", 2**16)
    monkeypatch.setattr(archive_limits, "MAX_BYTES", 2**21)
    archive = pack(tmp_path / f"films.{kind}", {"NORMAL/a.png": bytes(2**22)})
    with pytest.raises(DatasetError, match="decompresses to over"):
        open_dataset(archive)


@pytest.mark.parametrize("kind", ["zip", "tgz"])
def test_a_bomb_is_known_by_its_ratio(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(archive_limits, "_SLACK", 2**16)
    archive = pack(tmp_path / f"films.{kind}", {"NORMAL/a.png": bytes(2**23)})
    with pytest.raises(DatasetError, match="over 100 times its size"):
        open_dataset(archive)


@pytest.mark.parametrize("kind", KINDS)
def test_more_members_than_allowed_are_refused(tmp_path, monkeypatch, members, kind):
    monkeypatch.setattr(archive_limits, "MAX_MEMBERS", 2)
    with pytest.raises(DatasetError, match="over 2 files"):
        open_dataset(pack(tmp_path / f"films.{kind}", members))


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_larger_than_a_film_may_be_is_refused(tmp_path, monkeypatch, members, kind):
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "100")
    settings.cache_clear()
    try:
        with pytest.raises(DatasetError, match="allowed are 100 for one film"):
            open_dataset(pack(tmp_path / f"films.{kind}", members))
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_archive_is_refused(tmp_path, members, kind, share):
    path = pack(tmp_path / f"films.{kind}", {n: d * 40 for n, d in members.items()})
    data = path.read_bytes()
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(DatasetError, match=r"^cut\..*allowed"):
        open_dataset(cut)


@pytest.mark.parametrize("damage", ["header", "end"])
def test_a_tar_that_is_damaged_between_films_is_not_taken_for_a_short_one(tmp_path, film, damage):
    path = pack(tmp_path / "films.tar", {f"NORMAL/{i}.png": film(i) for i in range(3)})
    data = bytearray(path.read_bytes())
    second = data.index(b"NORMAL/1.png")
    if damage == "header":
        data[second] ^= 0xFF
    path.write_bytes(data if damage == "header" else data[:second])
    with pytest.raises(DatasetError, match="cannot be read as an archive"):
        open_dataset(path)


def test_a_damaged_film_in_a_zip_is_one_sentence(tmp_path, film):
    path = tmp_path / "films.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("NORMAL/a.png", film(0))
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="Bad CRC-32"):
        open_dataset(path)


def test_an_encrypted_zip_is_refused(tmp_path, film):
    path = pack(tmp_path / "films.zip", {"NORMAL/a.png": film(0)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | 1)
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="without a password"):
        open_dataset(path)


def test_gzip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "films.tar.gz"
    path.write_bytes(gzip.compress(b"a table of numbers" * 100))
    with pytest.raises(DatasetError, match="cannot be read as an archive"):
        open_dataset(path)


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_without_films_is_refused(tmp_path, kind):
    with pytest.raises(DatasetError, match="holds no films"):
        open_dataset(pack(tmp_path / f"films.{kind}", {"notes.txt": b"nothing"}))
