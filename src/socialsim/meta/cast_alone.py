"""Who has no Facebook Page: reachable with Instagram Login only. Made up as well."""

from socialsim.meta.cast import CastAccount, CastPost

_SANNE_KERAMIEK = (
    CastPost(
        0.6,
        ("still-sanne-oven",),
        "Oven open op 90 graden, altijd te vroeg. De celadon is gebleven, het rood niet. 🫖\n\n#keramiek #steengoed",
        734,
        "Kommen uit de oven",
        (
            ("yuki.walks", "That celadon, though.", "Cone 9, eleven hours, one lost teapot."),
            ("lena.draws", "What was the red supposed to be?", "Copper. It had other plans."),
        ),
    ),
    CastPost(
        4.2,
        ("shapes-sanne-glaze", "shapes-sanne-glaze-2"),
        "Twelve glaze tests, two keepers. Swipe for the ones that ran off the shelf.",
        612,
        "Glaze tests",
        (("salt.and.linen", "Number four would look good in my kitchen.", ""),),
    ),
    CastPost(11.3, ("sea-sanne-texel",), "Clay from the beach at Texel. Fires to the colour of rye bread.", 890),
)

ALONE: tuple[CastAccount, ...] = (
    CastAccount(
        "17841400000000005",
        "sanne.keramiek",
        "Sanne Visser",
        "Bowls, mostly. Haarlem · open studio on the first Sunday",
        "https://sanne-keramiek.example/",
        6120,
        388,
        posts=_SANNE_KERAMIEK,
    ),
)
