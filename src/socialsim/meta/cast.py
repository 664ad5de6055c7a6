"""The people of the default world. All made up."""

from dataclasses import dataclass, field

Remark = tuple[str, str, str]
"""Follower, what they wrote, what the creator answered (or nothing)."""


@dataclass(frozen=True, slots=True)
class CastPost:
    """A past post; several pictures make a carousel."""

    days_ago: float
    pictures: tuple[str, ...]
    caption: str
    likes: int
    alt_text: str = ""
    comments: tuple[Remark, ...] = ()
    reel: bool = False
    """A reel whose cover is the first picture."""


@dataclass(frozen=True, slots=True)
class CastAccount:
    """An Instagram account."""

    id: str
    username: str
    name: str
    biography: str = ""
    website: str = ""
    followers: int = 0
    follows: int = 0
    personal: bool = False
    country: str = "FR"
    posts: tuple[CastPost, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CastPage:
    """A Facebook Page."""

    id: str
    name: str
    category: str
    instagram: CastAccount | None = None
    portfolio: str = ""


@dataclass(frozen=True, slots=True)
class CastPerson:
    """A Facebook user."""

    id: str
    name: str
    picture: str
    pages: tuple[CastPage, ...] = ()


_ATELIER_MAYA = (
    CastPost(
        1.2,
        ("print-maya-tide",),
        "First light over the bay, and the whole studio smells of salt and coffee.\n\nNew prints land Friday at 9. "
        "Which one is yours?\n\n#printmaking #brittany #linocut",
        1840,
        "Linocut of waves under a large sun",
        (
            ("petit.phare", "La vague du milieu, sans hésiter !", "Elle part la première à chaque fois 🌊"),
            ("lena.draws", "How many colours is this one?", "Two blocks, two colours, one very long afternoon."),
            ("salt.and.linen", "Friday 9 o'clock is in my calendar.", ""),
        ),
    ),
    CastPost(
        3.4,
        ("sea-maya-douarnenez",),
        "Five minutes after the rain. I only came down to buy bread.\n\n#douarnenez #finistere",
        2213,
        "Evening over the bay of Douarnenez",
        (("claire.dz", "On a vu la même lumière depuis Tréboul !", ""), ("m_okafor", "Unreal.", "")),
    ),
    CastPost(
        6.1,
        ("leaf-maya-fern", "leaf-maya-bracken", "leaf-maya-ash"),
        "Three leaves from the path behind the atelier, pressed, drawn, then cut. Swipe to see which one survived "
        "the press. 🌿\n\n#botanical #reliefprint",
        1497,
        "Three botanical prints",
        (
            ("yuki.walks", "The second! The veins are so fine.", "My favourite too. Gouge number 11, shaky hands."),
            ("rosa.mundi", "Do you sell these as a set?", "From December, as a set of three."),
        ),
    ),
    CastPost(
        9.0,
        ("shapes-maya-offcuts",),
        "I keep every paper offcut in a biscuit tin. On Sundays the tin wins.\n\n#papercut #studio",
        968,
        "Cut paper in bright shapes",
        (("bruno_k", "The tin has better taste than most galleries.", ""),),
    ),
    CastPost(
        12.3,
        ("still-maya-plums",),
        "Plums from Yvonne, bowl from the flea market at Locronan, excuse to stop working: mine.",
        1122,
        "A bowl of fruit in window light",
        (("claire.dz", "Yvonne va être fière 😄", "Elle a déjà imprimé la photo."),),
    ),
    CastPost(
        16.8,
        ("print-maya-sun", "print-maya-sun-2"),
        "Same block, two mornings. Left: ink straight from the tin. Right: a little transparent base and patience."
        "\n\nTell me I am not imagining the difference. #linocut #process",
        2051,
        "Two states of one linocut",
        (
            ("lena.draws", "Not imagining. The right one breathes.", "Thank you. I needed a witness."),
            ("petit.phare", "Gauche pour l'hiver, droite pour l'été ?", ""),
        ),
    ),
    CastPost(
        21.5,
        ("hills-maya-menez-hom",),
        "Menez-Hom before the wind found us. Sketchbook, flask, one good pencil. #plein_air",
        1333,
        "Layers of hills in mist",
        (("yuki.walks", "I can hear the quiet.", ""),),
    ),
    CastPost(
        27.2,
        ("sea-maya-night-boat",),
        "The last boat is always the one with its lights on. Someone is making soup out there.",
        2704,
        "A sail on dark water",
        (("m_okafor", "Soup!! Now I need the print.", "Then I have to cut it. Deal."),),
        reel=True,
    ),
    CastPost(
        34.0,
        ("print-maya-first",),
        "Edition 1 of 40, and the press did not bite me once. If you have written to me about shipping: yes, "
        "everywhere, in a tube as long as my arm.\n\n#limitededition #printmaker",
        1765,
        "First print of an edition",
        (
            (
                "salt.and.linen",
                "Mine arrived today. It is even better in the light of the kitchen.",
                "That made my week.",
            ),
        ),
    ),
)

_ROUE_LIBRE = (
    CastPost(
        0.8,
        ("road-roue-monts-arree",),
        "Jour 12. 74 km, 1 180 m de montée, un chien qui m'a escorté trois villages. Ce soir : galette complète et "
        "genoux en l'air. 🚲\n\n#cyclotourisme #montsdarree",
        3110,
        "Une route qui monte vers les collines, un cycliste",
        (
            ("bruno_k", "Le chien a-t-il un nom ?", "Biscuit. On s'écrira."),
            ("claire.dz", "Tu passes par Huelgoat ?", "Demain midi !"),
        ),
    ),
    CastPost(
        2.9,
        ("plate-roue-tomates",),
        "Salade de bord de route : tomates du marché de Sizun, haricots, le basilic que je trimballe en pot sur le "
        "porte-bagages depuis Nantes (oui). Recette en trois gestes dans les commentaires.",
        2482,
        "Une assiette vue d'en haut",
        (
            ("rosa.mundi", "Le basilic en pot sur le porte-bagages 😂", "Il a son propre garde-boue."),
            ("lena.draws", "Recipe please!", "Salt the tomatoes first, wait 10 min, keep the juice for the beans."),
        ),
    ),
    CastPost(
        5.5,
        ("hills-roue-aube", "road-roue-descente", "sea-roue-arrivee"),
        "Aube, descente, mer. Tout ça avant le deuxième café.\n\n#bikepacking #bretagne",
        3954,
        "Trois vues d'une étape",
        (
            ("yuki.walks", "Picture two. That curve!", ""),
            ("petit.phare", "Bienvenue chez nous !", "Merci du vent de dos."),
        ),
    ),
    CastPost(
        8.7,
        ("plate-roue-lentilles",),
        "Lentilles froides, échalote, un œuf. Cuisson : un réchaud, un muret, une vue. Le muret fait tout.",
        1876,
        "Une assiette de lentilles",
        (("salt.and.linen", "The wall does everything, noted.", ""),),
    ),
    CastPost(
        11.9,
        ("still-roue-marche",),
        "Quatre euros de fruits au marché de Morlaix. La dame a ajouté une pêche « pour la côte ».",
        2230,
        "Des fruits dans un bol",
        (("claire.dz", "La pêche pour la côte ❤️", ""),),
    ),
    CastPost(
        15.4,
        ("road-roue-nuit",),
        "Trente kilomètres de trop, une dynamo fatiguée, et la plus belle lune de l'été. Je recommande les deux.",
        2991,
        "Une route au crépuscule",
        (("m_okafor", "The dynamo too?", "Especially the dynamo. It hums."),),
        reel=True,
    ),
    CastPost(
        19.6,
        ("leaf-roue-chataignier",),
        "Pause de midi sous un châtaignier de 300 ans. Il n'avait rien à déclarer.",
        1420,
        "Une feuille de châtaignier",
        (("rosa.mundi", "A quiet friend is a good friend.", ""),),
    ),
    CastPost(
        24.1,
        ("plate-roue-pain", "plate-roue-beurre"),
        "Comparatif très sérieux : pain de Carhaix contre pain de Pontivy. Beurre salé en arbitre. Match nul, on "
        "refait demain.",
        3377,
        "Deux assiettes",
        (("bruno_k", "Je me porte volontaire comme jury.", "Apporte le couteau."),),
    ),
    CastPost(
        30.3,
        ("road-roue-depart",),
        "Jour 1. Un vélo, un réchaud, 42 étapes et aucune idée du gras de chaîne que je vais manger. C'est parti.",
        4205,
        "Le départ sur une longue route",
        (("petit.phare", "On suit chaque étape !", "Alors je ne peux plus m'arrêter."),),
    ),
)

_CARVALHO = (
    CastPost(
        2.0,
        ("still-carvalho-autumn",),
        "The autumn table is set. Twelve seats, one very long lunch.",
        642,
        "A bowl of fruit",
        (("rosa.mundi", "Booked two!", "See you on the 5th."),),
    ),
    CastPost(7.0, ("plate-carvalho-caldo",), "Caldo verde, the way Avó signs it off.", 811, "A plate from above"),
    CastPost(15.0, ("shapes-carvalho-tiles",), "Old tiles, new wall.", 530, "Patterned tiles"),
)

CAST: tuple[CastPerson, ...] = (
    CastPerson(
        "9001000000000001",
        "Maya Le Goff",
        "maya",
        (
            CastPage(
                "101000000000001",
                "Atelier Maya",
                "Artist",
                CastAccount(
                    "17841400000000001",
                    "atelier.maya",
                    "Atelier Maya",
                    "Linocuts from a small press by the sea.\nDouarnenez, Brittany · new prints on Fridays",
                    "https://atelier-maya.example/",
                    48210,
                    612,
                    posts=_ATELIER_MAYA,
                ),
            ),
            CastPage(
                "101000000000002",
                "Roue Libre",
                "Blogger",
                CastAccount(
                    "17841400000000002",
                    "roue.libre",
                    "Roue Libre · vélo & gamelle",
                    "42 étapes, un réchaud, du beurre salé.\nRecettes de bord de route · Malo, en Bretagne",
                    "https://roue-libre.example/",
                    112904,
                    431,
                    posts=_ROUE_LIBRE,
                ),
            ),
            CastPage("101000000000003", "Marché de Douarnenez", "Community organisation"),
        ),
    ),
    CastPerson("9001000000000002", "Jonas Berg", "jonas"),
    CastPerson(
        "9001000000000003",
        "Inès Carvalho",
        "ines",
        (
            CastPage(
                "101000000000004",
                "Maison Carvalho",
                "Restaurant",
                CastAccount(
                    "17841400000000003",
                    "maison.carvalho",
                    "Maison Carvalho",
                    "A long table in Lyon.",
                    "https://maison-carvalho.example/",
                    8430,
                    210,
                    posts=_CARVALHO,
                ),
                portfolio="Carvalho & Filhos",
            ),
        ),
    ),
    CastPerson(
        "9001000000000004",
        "Tom Keller",
        "tom",
        (
            CastPage(
                "101000000000005",
                "Tom Keller",
                "Public figure",
                CastAccount("17841400000000004", "tom.keller", "Tom Keller", followers=240, follows=300, personal=True),
            ),
        ),
    ),
)
