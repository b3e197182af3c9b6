"""What each duty does when the bell rings, and every fixed phrase of a message, in English and Spanish.

Whole accents here; the composer writes them in GSM-7.  Short, because one segment must also hold who, where and how
to answer.  No text tells anybody to dial for the product: people call, from the console's script.

What asks for an answer, or comes unasked, holds no SOS word: whoever sends it back whole, or quotes it, would ring.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.directory import Script
from tocsin.core.words import Duty, Kind, Outcome, PlaceKind

FALLBACK = "en"
LANGUAGES = ("en", "es")

# (in full, shortest form that still keeps people safe)
INSTRUCTIONS: Mapping[str, Mapping[Duty, tuple[str, str]]] = {
    "en": {
        Duty.DISPATCHER: ("Send police. Say if armed, plate.", "Send police."),
        Duty.DOOR: ("Lock doors. Admit nobody but police.", "Lock doors."),
        Duty.CAMERA: ("Find them on camera. Call it out.", "Find on camera."),
        Duty.BUDDY: ("Stay on the line. If not on it, do not call.", "Stay on the line."),
        Duty.CLINICAL: ("Stage at your post until released.", "Stage, wait."),
        Duty.EVERYONE: ("Do not go out. Move inside. Do not call their phone.", "Stay in. Don't call."),
    },
    "es": {
        Duty.DISPATCHER: ("Envíe policía. Diga si hay arma, placa.", "Envíe policía."),
        Duty.DOOR: ("Cierre puertas. Solo entra la policía.", "Cierre puertas."),
        Duty.CAMERA: ("Búsquele en cámara. Avise.", "Busque en cámara."),
        Duty.BUDDY: ("Siga en la línea. Si no está en ella, no llame.", "Siga en la línea."),
        Duty.CLINICAL: ("Espere en su puesto hasta el aviso.", "Espere aviso."),
        Duty.EVERYONE: ("No salga. Vaya adentro. No llame a su teléfono.", "No salga. No llame."),
    },
}

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "drill": "DRILL, not real",
        "drill_short": "DRILL",
        "drill_do": "Only answer. Call nobody.",
        "drill_over": "DRILL OVER. Nothing more to do.",
        "real_alert": "REAL ALERT, not a drill",
        "real_alert_short": "REAL ALERT",
        "pressed_again": "PRESSED AGAIN",
        "helper_silent": "{name} silent, may be hurt",
        "helper_silent_short": "HELPER SILENT",
        "a_helper": "A helper",
        "for": "For",
        "no_name": "name not in Latin",
        "no_label": "place not in Latin",
        "under_duress": "UNDER DURESS, never call them",
        "under_duress_short": "UNDER DURESS",
        "says_safe": "says safe: see them face to face",
        "says_safe_short": "says safe",
        "do_not_approach": "DO NOT APPROACH",
        "revoked": "came by a revoked login",
        "revoked_short": "revoked login",
        "by_sms": "by SMS",
        "by_call": "by phone",
        "occurred": "pressed {age}",
        "was_down": "service was down",
        "no_place": "place not known, find out",
        "gps": "GPS within {radius}",
        "gps_unsure": "GPS, accuracy unknown",
        "answer": "Answer",
        "coming": "coming",
        "with_them": "with them",
        "cannot": "cannot",
        "again": "AGAIN",
        "now": "now",
        "seconds": "{n} s ago",
        "minutes": "{n} min ago",
        "hours": "{n} h ago",
        "days": "{n} d ago",
        "time_unclear": "time unclear",
        "all_clear": "ALL CLEAR: {who}. The alert is over.",
        "closing": "CLOSING ({outcome}): {by} says the alert for {who} is over. Wrong? Object on your page now.",
        "closing_confirmed": "CLOSING ({outcome}) in {n} s: {by}, {other}, for {who}. Wrong? Object on your page now.",
        "received": "Received.",
        "help": "To call for help, text SOS and where you are.",
        "unknown": "This is an automatic line. In danger, call your local emergency number.",
        "note_taken": "Noted for everyone helping. To answer, send only the number. In danger, text SOS.",
        "took_coming": "Noted: coming. Send the number again in 2 min, or you are asked again.",
        "took_with_them": "Noted: with them. Send the number again every 2 min, or all are rung.",
        "took_cannot": "Noted: cannot. Others are rung.",
        "page": "Your page:",
        "show_place": "Show where you are:",
        "answered_call": "Noted. Where to go, and who else comes:",
        "plain": "Shown, not counted. Send your 4-digit number to be counted.",
        "alert_over": "That alert is over.",
        "miss": "No alert has that number. Check it and send it again. In danger, text SOS.",
        "walk_by_sms": "Not taken by SMS. Use your phone's page. In danger, text SOS.",
        "walk_on": "Noted: {n} min left{place}. Send HOME when there, EXTEND 10 for more time. In danger, text SOS.",
        "walk_on_page": "Noted: {n} min left. Say on your page that you are there, with your PIN. In danger, text SOS.",
        "walk_time": "Not noted: a walk takes 1 to 240 min. Send, say, WALK 15 LOT B. In danger, text SOS.",
        "walk_already": "A timer runs for you already. Send HOME when there, or EXTEND 10. In danger, text SOS.",
        "walk_none": "No timer runs for you. To begin one, send WALK 15 and where to. In danger, text SOS.",
        "walk_enough": "Not noted: no more time can be added. Send HOME when there. In danger, text SOS.",
        "drill_round": "{drill}: {name}. {drill_do} Answer {number}.",
        "reach_test": "Test from {name}. Nothing is wrong. Answer {number} to show that texts reach you.",
        "roll_call": "Roll call, {name}: are you safe? If so, send only {number}. In danger, raise the alarm.",
        "workplace": "your workplace",
        "announcement": "There is something to look at in Tocsin.",
        "took_round": "Thank you, noted.",
        "walk_set": "A timer runs for you: {n} min left. Look at your page.",
        "walk_soon": "{n} min left. If you need longer, use your page or send EXTEND 10.",
        "walk_soon_page": "{n} min left. If you need longer, use your page.",
        "walk_due": "Time is up. Are you home? Say so on your page, or send HOME.",
        "walk_due_page": "Time is up. Are you home? Say so on your page.",
        "walk_buddy": "A colleague counts on you for a while. Look at your page.",
        "walk_buddy_longer": "It takes a little longer. Look at your page.",
        "walk_buddy_over": "All is well, thank you. Nothing more to do.",
        "walk_says_home": "says that they are home",
        "walk_says_not_going": "says that they are not going",
        "walk_pins": "There is something to look at in Tocsin now.",
        "follow_up_nobody": "Your alert is live, {n} rung. Nobody is on the way yet.",
        "follow_up": "Your alert is live, {n} rung. On the way: {names}.",
    },
    "es": {
        "drill": "DRILL SIMULACRO, no es real",
        "drill_short": "DRILL SIMULACRO",
        "drill_do": "Solo conteste. No llame.",
        "drill_over": "DRILL OVER. Fin del simulacro. No haga nada más.",
        "real_alert": "REAL ALERT, ALERTA REAL",
        "real_alert_short": "REAL ALERT",
        "pressed_again": "PULSADO OTRA VEZ",
        "helper_silent": "{name} no responde, puede haber heridos",
        "helper_silent_short": "AYUDANTE CALLADO",
        "a_helper": "Quien acudió",
        "for": "Por",
        "no_name": "nombre no latino",
        "no_label": "lugar no latino",
        "under_duress": "BAJO COACCIÓN, nunca le llame",
        "under_duress_short": "BAJO COACCIÓN",
        "says_safe": "dice estar a salvo: véale en persona",
        "says_safe_short": "dice: a salvo",
        "do_not_approach": "NO SE ACERQUE",
        "revoked": "llegó con acceso revocado",
        "revoked_short": "acceso revocado",
        "by_sms": "por SMS",
        "by_call": "por teléfono",
        "occurred": "pulsado {age}",
        "was_down": "el servicio estuvo caído",
        "no_place": "lugar desconocido, averigüe",
        "gps": "GPS a menos de {radius}",
        "gps_unsure": "GPS, precisión desconocida",
        "answer": "Conteste",
        "coming": "voy",
        "with_them": "a su lado",
        "cannot": "no puedo",
        "again": "REPETIDO",
        "now": "ahora",
        "seconds": "hace {n} s",
        "minutes": "hace {n} min",
        "hours": "hace {n} h",
        "days": "hace {n} d",
        "time_unclear": "hora dudosa",
        "all_clear": "FIN DE ALERTA: {who}. La alerta terminó.",
        "closing": "CIERRE ({outcome}): {by} dice que terminó la alerta de {who}. ¿No? Objete ya en su página.",
        "closing_confirmed": "CIERRE ({outcome}) en {n} s: {by}, {other}, por {who}. ¿No? Objete ya en su página.",
        "received": "Recibido.",
        "help": "Para pedir ayuda, escriba SOS y dónde está.",
        "unknown": "Línea automática. En peligro, llame al número de emergencias.",
        "note_taken": "Anotado para quienes ayudan. Para contestar, envíe solo el número. En peligro, escriba SOS.",
        "took_coming": "Anotado: voy. Repita el número en 2 min o se le preguntará otra vez.",
        "took_with_them": "Anotado: a su lado. Repita el número cada 2 min o se avisa a todos.",
        "took_cannot": "Anotado: no puedo. Se avisa a otros.",
        "page": "Su página:",
        "show_place": "Muestre dónde está:",
        "answered_call": "Anotado. Adónde ir y quién más va:",
        "plain": "Se muestra, no cuenta. Envíe su número de 4 cifras.",
        "alert_over": "Esa alerta terminó.",
        "miss": "Ninguna alerta tiene ese número. Revise y repita. En peligro, escriba SOS.",
        "walk_by_sms": "No se acepta por SMS. Use la página del teléfono. En peligro, escriba SOS.",
        "walk_on": "Anotado: quedan {n} min{place}. Envíe HOME al llegar, o EXTEND 10. En peligro, escriba SOS.",
        "walk_on_page": "Anotado: quedan {n} min. Al llegar, dígalo en su página con su PIN. En peligro, escriba SOS.",
        "walk_time": "No anotado: dura de 1 a 240 min. Envíe, p. ej., WALK 15 LOT B. En peligro, escriba SOS.",
        "walk_already": "Ya tiene un tiempo en marcha. Envíe HOME al llegar, o EXTEND 10. En peligro, escriba SOS.",
        "walk_none": "No tiene un tiempo en marcha. Para empezar, envíe WALK 15 y adónde va. En peligro, escriba SOS.",
        "walk_enough": "No anotado: no cabe más tiempo. Envíe HOME al llegar. En peligro, escriba SOS.",
        "drill_round": "{drill}: {name}. {drill_do} Envíe {number}.",
        "reach_test": "Prueba de {name}. No pasa nada. Envíe {number} para mostrar que le llegan los mensajes.",
        "roll_call": "Recuento, {name}: ¿está a salvo? Si es así, envíe solo {number}. En peligro, dé la alarma.",
        "workplace": "su trabajo",
        "announcement": "Hay algo que mirar en Tocsin.",
        "took_round": "Gracias, anotado.",
        "walk_set": "Tiene un tiempo en marcha: quedan {n} min. Mire su página.",
        "walk_soon": "Quedan {n} min. Si necesita más, use su página o envíe EXTEND 10.",
        "walk_soon_page": "Quedan {n} min. Si necesita más, use su página.",
        "walk_due": "Se acabó el tiempo. ¿Ya llegó? Dígalo en su página o envíe HOME.",
        "walk_due_page": "Se acabó el tiempo. ¿Ya llegó? Dígalo en su página.",
        "walk_buddy": "Alguien del equipo cuenta con usted un rato. Mire su página.",
        "walk_buddy_longer": "Tardará un poco más. Mire su página.",
        "walk_buddy_over": "Todo bien, gracias. Nada más que hacer.",
        "walk_says_home": "dice que ya llegó",
        "walk_says_not_going": "dice que no va a salir",
        "walk_pins": "Hay algo que mirar ya en Tocsin.",
        "follow_up_nobody": "Su alerta está activa, {n} avisados. Nadie viene todavía.",
        "follow_up": "Su alerta está activa, {n} avisados. En camino: {names}.",
    },
}

KINDS: Mapping[str, Mapping[Kind, str]] = {
    "en": {Kind.SOS: "SOS", Kind.OVERDUE: "SOS OVERDUE", Kind.SIGHTING: "SIGHTING", Kind.ASSET: "ASSET ALERT"},
    "es": {Kind.SOS: "SOS", Kind.OVERDUE: "SOS NO LLEGÓ", Kind.SIGHTING: "AVISTAMIENTO", Kind.ASSET: "ALERTA VEHÍCULO"},
}
SOURCES: Mapping[str, Mapping[PlaceKind, str]] = {
    "en": {PlaceKind.PLANNED: "planned", PlaceKind.ZONE: "zone", PlaceKind.SPOKEN: "said", PlaceKind.FIX: "GPS"},
    "es": {PlaceKind.PLANNED: "previsto", PlaceKind.ZONE: "zona", PlaceKind.SPOKEN: "dicho", PlaceKind.FIX: "GPS"},
}
OUTCOMES: Mapping[str, Mapping[Outcome, str]] = {
    "en": {
        Outcome.SAFE: "safe",
        Outcome.FALSE_ALARM: "false alarm",
        Outcome.MEDICAL: "medical",
        Outcome.POLICE: "police",
        Outcome.OTHER: "other",
    },
    "es": {
        Outcome.SAFE: "a salvo",
        Outcome.FALSE_ALARM: "falsa alarma",
        Outcome.MEDICAL: "médico",
        Outcome.POLICE: "policía",
        Outcome.OTHER: "otro",
    },
}


def spoken(language: str) -> str:
    """The language messages are written in for someone who asked for `language` ("es-MX" is written as "es")."""
    base = language.lower().replace("_", "-").partition("-")[0]
    return base if base in LANGUAGES else FALLBACK


def phrase(language: str, key: str) -> str:
    return PHRASES[spoken(language)][key]


def duty_of(duties: tuple[Duty, ...]) -> Duty:
    """A member's first duty; one who has none is *everyone*: stay inside."""
    return duties[0] if duties else Duty.EVERYONE


def override(duties: tuple[Duty, ...], language: str, overrides: tuple[Script, ...]) -> str | None:
    """The plan's own text for this duty in this language, if it has one (the last of several)."""
    duty, wanted = duty_of(duties), language.lower()
    texts = {script.language.lower(): script.text for script in overrides if script.duty is duty}
    return texts.get(wanted) or texts.get(spoken(language)) or None


def instruction(duties: tuple[Duty, ...], language: str, overrides: tuple[Script, ...]) -> str:
    """What this member does: the plan's text for duty and language, else the default of that language, else English."""
    return override(duties, language, overrides) or INSTRUCTIONS[spoken(language)][duty_of(duties)][0]


def shortest(duties: tuple[Duty, ...], language: str) -> str:
    """The default text in as few words as are still safe."""
    return INSTRUCTIONS[spoken(language)][duty_of(duties)][1]
