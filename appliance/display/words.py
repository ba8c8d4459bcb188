"""The board's languages: in go words of the closed vocabulary and a card, out comes what staff read."""

from __future__ import annotations

from appliance.display.card import Card

LANGUAGES = ("en", "fr", "sv", "es")
MOST_ODDS = 1000
"The calibration rests on hundreds of passages; finer odds would be invented."

# One column per language, in the order of LANGUAGES. Swedish adjectives agree with 'plagg', hence the neuter.
WORDS_IN: dict[str, tuple[str, str, str, str]] = {
    "black": ("black", "noir", "svart", "negro"),
    "white": ("white", "blanc", "vitt", "blanco"),
    "grey": ("grey", "gris", "grått", "gris"),
    "red": ("red", "rouge", "rött", "rojo"),
    "orange": ("orange", "orange", "orange", "naranja"),
    "yellow": ("yellow", "jaune", "gult", "amarillo"),
    "green": ("green", "vert", "grönt", "verde"),
    "cyan": ("cyan", "cyan", "cyan", "cian"),
    "blue": ("blue", "bleu", "blått", "azul"),
    "purple": ("purple", "violet", "lila", "morado"),
    "pink": ("pink", "rose", "rosa", "rosa"),
    "brown": ("brown", "marron", "brunt", "marrón"),
    "beige": ("beige", "beige", "beige", "beige"),
    "plain": ("plain", "uni", "enfärgat", "liso"),
    "striped": ("striped", "rayé", "randigt", "a rayas"),
    "patterned": ("patterned", "à motifs", "mönstrat", "estampado"),
    "upper": ("upper body", "en haut", "upptill", "arriba"),
    "middle": ("middle", "au milieu", "på mitten", "en medio"),
    "lower": ("lower body", "en bas", "nertill", "abajo"),
    "whole": ("whole outfit", "tout l'ensemble", "helt igenom", "todo el conjunto"),
    "bright": ("bright", "clair", "ljust", "claro"),
    "dark": ("dark", "foncé", "mörkt", "oscuro"),
    "vivid": ("vivid", "vif", "starkt färgat", "vivo"),
    "muted": ("muted", "éteint", "dämpat", "apagado"),
    "mixed": ("mixed", "mélangé", "blandat", "mezclado"),
    "colour": ("unusual colour", "couleur inhabituelle", "ovanlig färg", "color inusual"),
    "pattern": ("unusual pattern", "motif inhabituel", "ovanligt mönster", "estampado inusual"),
    "cut": ("unusual cut", "coupe inhabituelle", "ovanlig skärning", "corte inusual"),
}

PHRASES_IN: dict[str, tuple[str, str, str, str]] = {
    "odds": ("1 in {n} today", "1 sur {n} aujourd'hui", "1 av {n} i dag", "1 de cada {n} hoy"),
    "street": ("street", "rue", "gatan", "calle"),
    "watching": ("Watching the street", "La rue est observée", "Ser på gatan", "Observando la calle"),
    "starting": ("Starting up", "Démarrage", "Startar", "Arrancando"),
    "blind": (
        "The camera sees nothing", "La caméra ne voit rien", "Kameran ser inget", "La cámara no ve nada",
    ),
    "uncalibrated": (
        "Not calibrated yet: nobody is judged", "Pas encore étalonné : personne n'est évalué",
        "Inte kalibrerad än: ingen bedöms", "Aún sin calibrar: no se valora a nadie",
    ),
    "early": (
        "Too early to tell: learning what is normal here", "Trop tôt : la rue est encore à l'étude",
        "För tidigt: lär sig vad som är normalt här", "Demasiado pronto: aún aprende lo habitual aquí",
    ),
    "paused": ("Paused", "En pause", "Pausad", "En pausa"),
    "ended": ("The video has ended", "La vidéo est terminée", "Filmen är slut", "El vídeo ha terminado"),
    "silent": (
        "Vision is not running", "La vision ne fonctionne pas", "Bildtolkningen är inte igång",
        "La visión no está en marcha",
    ),
    "identify": (
        "This is booth {booth} in {city}", "Ici le stand {booth} à {city}", "Det här är bås {booth} i {city}",
        "Este es el puesto {booth} de {city}",
    ),
    "lost": (
        "No connection to the booth: trying again", "Pas de connexion au stand : nouvel essai",
        "Ingen kontakt med båset: försöker igen", "Sin conexión con el puesto: reintentando",
    ),
    "quiet": (
        "Nobody stands out right now", "Personne ne se démarque en ce moment", "Ingen sticker ut just nu",
        "Nadie destaca en este momento",
    ),
    "service": (
        "Technicians: F opens the field page", "Technique : F ouvre la page de terrain", "Tekniker: F öppnar fältsidan",
        "Técnicos: F abre la página de campo",
    ),
    "footer": (
        "Clothes only. No picture is kept. Offer shoes to adults only.",
        "Vêtements seulement. Aucune image n'est conservée. Ne proposer des chaussures qu'aux adultes.",
        "Bara kläder. Ingen bild sparas. Erbjud skor bara till vuxna.",
        "Solo ropa. No se guarda ninguna imagen. Ofrezca zapatos solo a adultos.",
    ),
}  # fmt: skip


def word_in(language: str, word: str) -> str:
    """`word` of the vocabulary in `language` (one of LANGUAGES). Raises KeyError for any other word."""
    return WORDS_IN[word][LANGUAGES.index(language)]


def phrase_in(language: str, name: str) -> str:
    """The phrase `name` in `language`. Raises KeyError when there is none of that name."""
    return PHRASES_IN[name][LANGUAGES.index(language)]


def zone_in(language: str, zone: str) -> str:
    """A zone as staff call it: the street in their language, a marked zone by its own name."""
    return phrase_in(language, "street") if zone == "street" else zone.replace("-", " ")


def odds_of(card: Card) -> int | None:
    """Among how many people one like this is seen: 1..MOST_ODDS; None where nobody knows yet."""
    if card.rarity is None:
        return None
    return max(1, round(1 / max(1 - card.rarity, 1 / MOST_ODDS)))
