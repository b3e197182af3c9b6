"""Every fixed phrase of a call, in English and Spanish: whole sentences, because they are heard once and in haste.

No phrase of a drill has a word in it by which a real alert is known.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.scripts import spoken
from tocsin.core.words import Duty, Kind, PlaceKind

INSTRUCTIONS_SPOKEN: Mapping[str, Mapping[Duty, str]] = {
    "en": {
        Duty.DISPATCHER: "Send police. Tell them whether anybody is armed, and the plate of the car, if you know.",
        Duty.DOOR: "Lock the doors. Admit nobody but police.",
        Duty.CAMERA: "Find them on camera. Call out what you see.",
        Duty.BUDDY: "Stay on the line with them. If you are not on the line, do not call them.",
        Duty.CLINICAL: "Stage at your post until you are released.",
        Duty.EVERYONE: "Do not go out. Move inside. Do not call their phone.",
    },
    "es": {
        Duty.DISPATCHER: "Envíe a la policía. Diga si hay alguien armado y la placa del coche, si las sabe.",
        Duty.DOOR: "Cierre las puertas. No deje entrar a nadie más que a la policía.",
        Duty.CAMERA: "Búsquele en las cámaras. Diga en voz alta lo que ve.",
        Duty.BUDDY: "Siga en la línea con esa persona. Si no está en la línea, no le llame.",
        Duty.CLINICAL: "Espere en su puesto hasta que le avisen.",
        Duty.EVERYONE: "No salga. Vaya adentro. No llame a su teléfono.",
    },
}

ALARMS: Mapping[str, Mapping[Kind, str]] = {
    "en": {
        Kind.SOS: "SOS. {who} calls for help.",
        Kind.OVERDUE: "SOS. {who} has not arrived and does not answer.",
        Kind.SIGHTING: "SIGHTING. {who} has seen somebody who may not be here.",
        Kind.ASSET: "ASSET ALERT. A vehicle in the care of {who} is not where it should be.",
    },
    "es": {
        Kind.SOS: "SOS. {who} pide ayuda.",
        Kind.OVERDUE: "SOS. {who} no llegó y no contesta.",
        Kind.SIGHTING: "AVISTAMIENTO. {who} ha visto a alguien que no puede estar aquí.",
        Kind.ASSET: "ALERTA DE VEHÍCULO. Un vehículo a cargo de {who} no está donde debe.",
    },
}

PLACES: Mapping[str, Mapping[PlaceKind, str]] = {
    "en": {
        PlaceKind.ZONE: "The place is {label}, known from the zone, {age}.",
        PlaceKind.SPOKEN: "The place in their own words, {age}: {label}.",
        PlaceKind.PLANNED: "The way they planned, {age}: {label}.",
        PlaceKind.FIX: "The position by GPS, {age}, {within}.",
    },
    "es": {
        PlaceKind.ZONE: "El lugar es {label}, según la zona, {age}.",
        PlaceKind.SPOKEN: "El lugar en sus palabras, {age}: {label}.",
        PlaceKind.PLANNED: "El camino previsto, {age}: {label}.",
        PlaceKind.FIX: "La posición por GPS, {age}, {within}.",
    },
}

# (of one, of several)
AGES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "now": ("just now", "just now"),
        "seconds": ("one second ago", "{n} seconds ago"),
        "minutes": ("one minute ago", "{n} minutes ago"),
        "hours": ("one hour ago", "{n} hours ago"),
        "days": ("one day ago", "{n} days ago"),
        "time_unclear": ("at a time that is unclear", "at a time that is unclear"),
    },
    "es": {
        "now": ("ahora mismo", "ahora mismo"),
        "seconds": ("hace un segundo", "hace {n} segundos"),
        "minutes": ("hace un minuto", "hace {n} minutos"),
        "hours": ("hace una hora", "hace {n} horas"),
        "days": ("hace un día", "hace {n} días"),
        "time_unclear": ("a una hora que no está clara", "a una hora que no está clara"),
    },
}

SPOKEN: Mapping[str, Mapping[str, str]] = {
    "en": {
        "drill": "DRILL. This is only a drill. Nobody is in danger.",
        "drill_for": "The drill is about {who}.",
        "drill_place": "In the drill:",
        "drill_do": "Only answer. Call nobody.",
        "drill_over": "DRILL OVER. There is nothing more to do.",
        "drill_all_clear": "DRILL. The drill about {who} is over. There is nothing more to do.",
        "real_alert": "REAL ALERT. This is not a drill.",
        "pressed_again": "They have pressed again.",
        "helper_silent": "{name} was with them, does not answer and may be hurt.",
        "a_helper": "A helper",
        "no_name": "Somebody whose name cannot be read aloud",
        "no_label": "a name that cannot be read aloud",
        "under_duress": "They are UNDER DURESS. Never call them.",
        "says_safe": "They say that they are safe. See them face to face.",
        "do_not_approach": "DO NOT APPROACH.",
        "revoked": "It came by a revoked login.",
        "by_sms": "It came by text message.",
        "by_call": "It came by telephone.",
        "occurred": "It was pressed {age}.",
        "was_down": "The service was down.",
        "no_place": "The place is not known. Find it out without calling them.",
        "within": "to within {n} meters",
        "within_unsure": "how exactly is not known",
        "coordinates": "Latitude {lat}, longitude {lon}.",
        "point": "point",
        "minus": "minus",
        "again": "You may have had this call before.",
        "offer": "Press 1 if you are coming. Press 2 if you are with them. Press 3 if you cannot. "
        "Press 9 to hear this again.",
        "other_key": "That key says nothing here.",
        "took_coming": "Noted: coming. You will be asked again in two minutes. To change it, press another key.",
        "took_with_them": "Noted: with them. Say so again every two minutes, or everybody is rung. "
        "To change it, press another key.",
        "took_cannot": "Noted: cannot. Others are rung. To change it, press another key.",
        "alert_over": "That alert is over.",
        "all_clear": "ALL CLEAR. The alert for {who} is over.",
        "closing": "CLOSING. {by} says that the alert for {who} is over: {outcome}. "
        "If that is wrong, object on your page now.",
        "drill_closing": "DRILL. {by} says that the drill about {who} is over: {outcome}.",
        "received": "Received.",
        "menu": "This is Tocsin. To call for help, press 1. To hear what is open, press 5.",
        "menu_stranger": "This is an automatic line. To call for help, press 1. "
        "In danger, call your local emergency number.",
        "code": "Enter your call code. To call for help instead, press 1 and then the pound key.",
        "code_wrong": "That is not the code.",
        "code_ended": "There is no reading on this call.",
        "sos_stays": "To call for help, press 1.",
        "not_taken": "This could not be taken. Call for help in another way, or try again here.",
        "not_noted": "That could not be noted. Press the key again.",
        "nothing_open": "There is nothing open that you take part in.",
        "more_open": "There are {n} more. Look at your page.",
        "walk_left": "This is a reminder for you. {n} minutes are left. Look at your page.",
        "walk_left_one": "This is a reminder for you. One minute is left. Look at your page.",
        "walk_up": "This is a reminder for you. The time is up. Look at your page.",
        "called_in": "called in and pressed 1",
    },
    "es": {
        "drill": "DRILL. SIMULACRO. Esto es solo un simulacro. Nadie está en peligro.",
        "drill_for": "El simulacro trata de {who}.",
        "drill_place": "En el simulacro:",
        "drill_do": "Solo conteste. No llame a nadie.",
        "drill_over": "DRILL OVER. Fin del simulacro. No hay nada más que hacer.",
        "drill_all_clear": "DRILL. SIMULACRO. El simulacro de {who} terminó. No hay nada más que hacer.",
        "real_alert": "REAL ALERT. ALERTA REAL. Esto no es un simulacro.",
        "pressed_again": "Ha pulsado otra vez.",
        "helper_silent": "{name} estaba a su lado, no responde y puede estar herido.",
        "a_helper": "Quien ayudaba",
        "no_name": "Una persona cuyo nombre no se puede leer",
        "no_label": "un nombre que no se puede leer",
        "under_duress": "Está BAJO COACCIÓN. Nunca le llame.",
        "says_safe": "Dice que está a salvo. Véale en persona.",
        "do_not_approach": "NO SE ACERQUE.",
        "revoked": "Llegó con un acceso revocado.",
        "by_sms": "Llegó por mensaje de texto.",
        "by_call": "Llegó por teléfono.",
        "occurred": "Se pulsó {age}.",
        "was_down": "El servicio estuvo caído.",
        "no_place": "El lugar no se conoce. Averígüelo sin llamar a esa persona.",
        "within": "a menos de {n} metros",
        "within_unsure": "no se sabe con qué precisión",
        "coordinates": "Latitud {lat}, longitud {lon}.",
        "point": "punto",
        "minus": "menos",
        "again": "Puede que ya haya recibido esta llamada.",
        "offer": "Marque 1 si va. Marque 2 si está a su lado. Marque 3 si no puede. Marque 9 para oír esto otra vez.",
        "other_key": "Esa tecla no dice nada aquí.",
        "took_coming": "Anotado: va. Se le preguntará otra vez en dos minutos. Para cambiarlo, marque otra tecla.",
        "took_with_them": "Anotado: está a su lado. Dígalo otra vez cada dos minutos o se avisa a todos. "
        "Para cambiarlo, marque otra tecla.",
        "took_cannot": "Anotado: no puede. Se avisa a otros. Para cambiarlo, marque otra tecla.",
        "alert_over": "Esa alerta terminó.",
        "all_clear": "FIN DE ALERTA. La alerta de {who} terminó.",
        "closing": "CIERRE. {by} dice que la alerta de {who} terminó: {outcome}. Si no es así, objete ya en su página.",
        "drill_closing": "DRILL. SIMULACRO. {by} dice que el simulacro de {who} terminó: {outcome}.",
        "received": "Recibido.",
        "menu": "Esto es Tocsin. Para pedir ayuda, marque 1. Para oír lo que está abierto, marque 5.",
        "menu_stranger": "Esta es una línea automática. Para pedir ayuda, marque 1. "
        "En peligro, llame al número de emergencias.",
        "code": "Marque su código de llamada. Para pedir ayuda, marque 1 y después la tecla numeral.",
        "code_wrong": "Ese no es el código.",
        "code_ended": "En esta llamada no se lee nada.",
        "sos_stays": "Para pedir ayuda, marque 1.",
        "not_taken": "No se pudo tomar. Pida ayuda por otro medio o inténtelo aquí otra vez.",
        "not_noted": "No se pudo anotar. Marque la tecla otra vez.",
        "nothing_open": "No hay nada abierto en lo que usted tome parte.",
        "more_open": "Hay {n} más. Mire su página.",
        "walk_left": "Esto es un recordatorio para usted. Quedan {n} minutos. Mire su página.",
        "walk_left_one": "Esto es un recordatorio para usted. Queda un minuto. Mire su página.",
        "walk_up": "Esto es un recordatorio para usted. Se acabó el tiempo. Mire su página.",
        "called_in": "llamó y marcó 1",
    },
}


def aloud(language: str, key: str) -> str:
    """The phrase as it is spoken to somebody who asked for `language`."""
    return SPOKEN[spoken(language)][key]
