"""Who follows an account: ages, genders, countries, cities, with the account's own country first."""

from collections.abc import Iterable

from socialsim.meta.dice import Dice, Weights, split
from socialsim.meta.model import Account

MOST_VALUES = 45
_AGES = (
    ("13-17", 0.03),
    ("18-24", 0.22),
    ("25-34", 0.34),
    ("35-44", 0.21),
    ("45-54", 0.11),
    ("55-64", 0.06),
    ("65+", 0.03),
)
_GENDERS = (("F", 0.52), ("M", 0.4), ("U", 0.08))
_COUNTRIES = (
    *("US", "FR", "GB", "DE", "BR", "IN", "IT", "ES", "CA", "PT", "MX", "JP", "AU", "NL", "BE", "CH", "IE", "SE"),
    *("PL", "AT", "DK", "NO", "FI", "TR", "ID", "KR", "AR", "CO", "CL", "PE", "ZA", "NG", "EG", "MA", "TN", "DZ"),
    *("SN", "CI", "GR", "CZ", "RO", "HU", "BG", "HR", "UA", "IL", "AE", "SA", "TH", "VN", "PH", "MY", "SG", "TW"),
)
_CITIES: dict[str, tuple[str, ...]] = {
    "US": ("New York, New York", "Los Angeles, California", "Chicago, Illinois", "Houston, Texas", "Portland, Oregon"),
    "FR": (
        "Paris, Île-de-France",
        "Lyon, Auvergne-Rhône-Alpes",
        "Rennes, Bretagne",
        "Brest, Bretagne",
        "Nantes, Pays de la Loire",
    ),
    "GB": ("London, England", "Bristol, England", "Leeds, England", "Edinburgh, Scotland"),
    "DE": ("Berlin, Berlin", "Hamburg, Hamburg", "Cologne, North Rhine-Westphalia", "Munich, Bavaria"),
    "PT": ("Lisbon, Lisbon District", "Porto, Porto District", "Braga, Braga District"),
    "BR": ("São Paulo, São Paulo", "Rio de Janeiro, Rio de Janeiro"),
    "JP": ("Tokyo, Tokyo", "Osaka, Osaka Prefecture"),
    "CA": ("Montreal, Quebec", "Toronto, Ontario"),
    "ES": ("Madrid, Comunidad de Madrid", "Barcelona, Cataluña"),
    "IT": ("Milan, Lombardia", "Rome, Lazio"),
    "BE": ("Brussels, Brussels-Capital Region", "Ghent, Flanders"),
}


def people(seed: int, account: Account, dimension: str, total: int) -> list[tuple[str, int]]:
    """The 45 largest groups of ``total`` people, largest first; ages and genders in their own order."""
    dice = Dice(seed, account.id, dimension)
    match dimension:
        case "age":
            return _present(split(total, [(name, w * dice.draw(n, 0.6, 1.4)) for n, (name, w) in enumerate(_AGES)]))
        case "gender":
            return _present(split(total, [(name, w * dice.draw(n, 0.7, 1.3)) for n, (name, w) in enumerate(_GENDERS)]))
        case "country":
            groups = split(total, _fading(_own_first(account, _COUNTRIES)))
        case _:
            own = _own_first(account, _CITIES)
            groups = split(total, _fading([city for country in own for city in _CITIES.get(country, ())]))
    return sorted(_present(groups), key=lambda group: -group[1])[:MOST_VALUES]


def _own_first(account: Account, names: Iterable[str]) -> list[str]:
    return [account.country, *(name for name in names if name != account.country)]


def _fading(names: list[str]) -> Weights:
    return [(name, 1 / (place + 1) ** 1.4) for place, name in enumerate(names)]


def _present(groups: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [group for group in groups if group[1]]
