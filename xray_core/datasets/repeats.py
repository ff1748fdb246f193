"""Films of public collections that show one radiograph, or one chest, under several names.

Found by comparing all films of a collection: pairs with a perceptual hash within 6 of 64 bits and
thumbnails that correlate by 0.94, or that correlate by 0.984 once one was laid over the other by an
affine map (Evangelidis and Psarakis 2008, doi 10.1109/TPAMI.2008.113), then looked at. Films of one
patient taken on one day are among them. Normal films that agree as well are of different people.
"""

# COVID-19 Radiography Database (Chowdhury et al. 2020): figures of papers that were collected from
# several places, with and without a margin or a mark.
_RADIOGRAPHY = (
    (14, 226), (99, 1550), (124, 1532), (135, 509), (168, 1079), (177, 1165), (183, 1171),
    (189, 331, 1194), (192, 334), (239, 964), (278, 967), (281, 970), (289, 975), (291, 977),
    (300, 984), (302, 987), (322, 1002), (326, 797), (332, 409), (350, 955), (352, 958),
    (360, 675), (374, 389, 543), (379, 454, 460, 533, 609), (381, 925), (383, 951), (385, 981),
    (397, 570), (433, 512), (452, 1562), (528, 531), (652, 658, 1544, 1571), (655, 1541, 1568),
    (722, 1147), (940, 1517), (943, 1233), (949, 1237), (952, 1239), (1011, 1150), (1014, 1153),
    (1020, 1514), (1093, 1111), (1175, 1353), (1177, 1379), (1203, 1294), (1369, 1378),
    (2015, 2016), (2081, 2084), (2446, 2447), (2642, 2644), (2880, 2881), (3565, 3566),
)  # fmt: skip
# covid-chestxray (Cohen et al. 2020): one radiograph exported twice with other margins.
_FIRST = {"E63574A7-4188-4C8D-8D17-9D67A18A1AFA": "F4341CE7-73C9-45C6-99C8-8567A5484B63"} | {
    f"COVID-{number}": f"COVID-{numbers[0]}" for numbers in _RADIOGRAPHY for number in numbers
}


def first_export(stem: str) -> str:
    """Return the name under which a radiograph counts: its own, or the first of its repeats."""
    return _FIRST.get(stem, stem)
