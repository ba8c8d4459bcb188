"""What the board says to somebody who asks to be scored: one of the answers or refusals in, a line to read out."""

from __future__ import annotations

from appliance.answers import (
    COVERED,
    CUT_OFF,
    EMPTY,
    HIDDEN,
    LATE,
    LEFT_ALONE,
    LOOKING,
    SMALL,
    TOLD,
)
from appliance.display.words import LANGUAGES

NO_SPOT = "no-spot"
"The settings have no zone of kind 'spot'."
NOT_LOOKING = "not-looking"
"Vision is paused, blind, starting or silent; the board says which beside it."
NOT_WRITTEN = "not-written"
"The runtime folder takes no file."
REFUSALS = (NO_SPOT, NOT_LOOKING, NOT_WRITTEN)

# One column per language, in the order of LANGUAGES. Nobody is told to stand or to step: some sit.
REPLIES_IN: dict[str, tuple[str, str, str, str]] = {
    EMPTY: (
        "Nobody is seen on the spot. Come onto it, facing the camera.",
        "Personne n'est vu sur le repère. Venez dessus, face à la caméra.",
        "Ingen syns på markeringen. Kom fram på den, vänd mot kameran.",
        "No se ve a nadie en la marca. Venga a ella, de cara a la cámara.",
    ),
    LOOKING: (
        "Looking: stay where you are.",
        "Un instant : restez où vous êtes.",
        "Tittar: stanna där du är.",
        "Mirando: quédese donde está.",
    ),
    TOLD: (
        "Here is your card.",
        "Voici votre carte.",
        "Här är ditt kort.",
        "Aquí tiene su tarjeta.",
    ),
    SMALL: (
        "Too far from the camera: come nearer.",
        "Trop loin de la caméra : approchez-vous.",
        "För långt från kameran: kom närmare.",
        "Demasiado lejos de la cámara: acérquese.",
    ),
    CUT_OFF: (
        "Only a part of you is in the picture: move back a little.",
        "Une partie de vous seulement est dans l'image : reculez un peu.",
        "Bara en del av dig är i bild: backa lite.",
        "Solo una parte de usted está en la imagen: retroceda un poco.",
    ),
    COVERED: (
        "Somebody is before or behind you: leave a little room.",
        "Quelqu'un est devant ou derrière vous : laissez un peu de place.",
        "Någon är framför eller bakom dig: lämna lite plats.",
        "Hay alguien delante o detrás de usted: dejen un poco de espacio.",
    ),
    HIDDEN: (
        "The clothes cannot be made out here: turn to the camera.",
        "Les vêtements ne se distinguent pas ici : tournez-vous vers la caméra.",
        "Kläderna går inte att urskilja här: vänd dig mot kameran.",
        "Aquí no se distingue la ropa: gírese hacia la cámara.",
    ),
    LEFT_ALONE: (
        "You came by the marked path, so nobody looks at you. To ask, leave the picture and come back.",
        "Vous êtes venu par le passage indiqué : on ne vous regarde pas. Sortez de l'image, puis revenez.",
        "Du kom via den markerade vägen, så ingen ser på dig. Gå ur bild och kom tillbaka för att fråga.",
        "Ha venido por el paso señalizado: no se le mira. Para pedirlo, salga de la imagen y vuelva.",
    ),
    LATE: (
        "The time was too short: ask again.",
        "Le temps était trop court : demandez à nouveau.",
        "Tiden var för kort: fråga igen.",
        "Faltó tiempo: pídalo de nuevo.",
    ),
    NO_SPOT: (
        "No spot is marked here. It is drawn on the field page.",
        "Aucun repère n'est marqué ici. Il se dessine sur la page du technicien.",
        "Ingen markering finns här. Den ritas på teknikerns sida.",
        "Aquí no hay ninguna marca. Se dibuja en la página del técnico.",
    ),
    NOT_LOOKING: (
        "The camera is not looking now.",
        "La caméra ne regarde pas en ce moment.",
        "Kameran tittar inte just nu.",
        "La cámara no está mirando ahora.",
    ),
    NOT_WRITTEN: (
        "The booth cannot hear you now: tell the technician.",
        "Le stand ne peut pas vous entendre : prévenez le technicien.",
        "Båset kan inte höra dig nu: säg till teknikern.",
        "El puesto no puede atenderle ahora: avise al técnico.",
    ),
}


def reply_in(language: str, name: str) -> str:
    """The line for one of ANSWERS or REFUSALS. Raises KeyError for anything else."""
    return REPLIES_IN[name][LANGUAGES.index(language)]
