"""What each figure of docs/figures.md says, in one sentence, of what its command printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Result = Mapping[str, Any]


def accepted(of: Result) -> str:
    return (
        f"{of['ratio']} x ({of['accept_p50_us']} us against {of['bare_commit_p50_us']} us; p99 "
        f"{of['accept_p99_us']} us; {of['presses']} presses, as many commits in turn with them)"
    )


def fanned_out(of: Result) -> str:
    text = f"{of['ratio']} x ({of['last_ms_p50']} ms against {of['bare_last_ms_p50']} ms; first request after "
    text += f"{of['first_ms_p50']} ms, slowest last one {of['last_ms_max']} ms; {of['lost']} lost; {of['runs']} runs)"
    peer, killed = of.get("peer"), of.get("killed_after_2xx")
    if peer is None or killed is None:
        return text
    return (
        f"{text}. {peer['name']}: last request after {peer['last_ms_p50']} ms, so ours is {of['ratio_to_peer']} x; it "
        f"stores {peer['stores']}. Killed right after the 2xx and started again, of {killed['of']} messages came "
        f"ours: {_listed(killed['delivered'])}; theirs: {_listed(killed['delivered_by_peer'])}"
    )


def burst_taken(of: Result) -> str:
    storm = of["storm"]
    return (
        f"{of['accepted_per_s']}/s accepted, {of['deliveries_each']} deliveries each; {of['drained_per_s']} messages/s "
        f"drained; {of['lost']} lost, {of['refused']} refused of {of['presses']}. Storm of {storm['presses']} presses, "
        f"each repeated {storm['repeats_each']} times: {storm['alerts']} alerts, {storm['refused']} refused, all "
        f"answered in {storm['seconds']} s, p99 {storm['accept_p99_ms']} ms"
    )


def history_kept(of: Result) -> str:
    return (
        f"{of['ratio']} x ({of['accept_p50_us_full']} us against {of['accept_p50_us_empty']} us; {of['alerts']} closed "
        f"alerts, {of['rows']} rows, {of['store_gb']} GB; {of['presses']} presses each, in turn)"
    )


def consoles_told(of: Result) -> str:
    return (
        f"{of['consoles']} streams saw a press after {of['seen_p99_ms']} ms (p99; p50 {of['seen_p50_ms']} ms, the last "
        f"of all {of['seen_max_ms']} ms; {of['presses']} presses; the client reads them all on the same machine)"
    )


def pages_shown(of: Result) -> str:
    return (
        f"slowest {of['worst']}: {of['worst_ms']} ms (p99 of {of['asks']}; {len(of['p99_ms'])} pages; {of['members']} "
        f"members, {of['alerts']} past and {of['open']} open alerts); while {of['open']} people of a big site press, "
        f"one after the other, and {of['ringing_messages']} messages go out: {of['ringing_worst']}, "
        f"{of['ringing_worst_ms']} ms; a report as PDF: {of['report_p50_ms']} ms (p50); "
        f"a press while {of['browsers']} browsers ask without a pause: {of['press_p99_ms']} ms (p99); an import of "
        f"{of['import_lines']} lines read and shown: {of['import_p50_ms']} ms (p50)"
    )


def mass_sent(of: Result) -> str:
    return (
        f"{of['recipients']} handed over in {of['handed_over_s']} s; meanwhile an SOS was accepted in "
        f"{of['sos_accept_p99_ms']} ms (p99), its first message out after {of['sos_first_ms']} ms"
    )


def access_ended(of: Result) -> str:
    kinds = [name.removesuffix("_refused_ms") for name in of if name.endswith("_refused_ms")]
    refused = max(of[f"{kind}_refused_ms"] for kind in kinds)
    stream = max(of[f"{kind}_stream_ms"] for kind in kinds)
    return (
        f"refused after {refused} ms at the latest, its open stream ended after {stream} ms ({', '.join(kinds)}; "
        f"{of['runs']} of each)"
    )


def killed_often(of: Result) -> str:
    return (
        f"{of['lost_presses']} presses and {of['lost_messages']} messages lost in {of['kills']} kills; at most "
        f"{of['sent_most']} sends of one ({of['messages']} messages, {of['sent_twice_or_more']} sent more than once)"
    )


def power_cut(of: Result) -> str:
    return f"{of['lost']} lost, {of['unreadable']} unreadable of {of['points']} points ({of['synchronous']})"


def nights_lived(of: Result) -> str:
    rarest = min(of["faults"].values(), default=0)
    return (
        f"{of['violations']} violations in {of['seeds']} nights, {round(of['simulated_s'] / 3600)} simulated hours; "
        f"{len(of['faults'])} kinds of fault, each injected at least {rarest} times"
    )


def outside_survived(of: Result) -> str:
    return (
        f"{of['kills']} kills and {of['pauses']} pauses under 50 presses a second, and a full disk, failed writes, "
        f"syncs and opens, clock jumps, half requests and used up descriptors: of {of['accepted']} presses taken "
        f"{of['lost']} lost, {of['messages']} messages, at most {of['sends_max']} sends of one, a press in trouble was "
        f"told the truth after {round(of['truth_max_ms'])} ms at most"
    )


def soaked(of: Result) -> str:
    return (
        f"{of['violations']} broken, {of['lost']} lost, {of['unreadable']} unreadable in {of['seeds']} nights and "
        f"{of['points']} power cuts"
    )


def painted(of: Result) -> str:
    return (
        f"painted after {of['paint_ms_p50']} ms (slowest of {of['runs']}: {of['paint_ms_max']} ms), "
        f"{of['wire_kb']} kB on the wire"
    )


def walks_timed(of: Result) -> str:
    return (
        f"{of['armed']} walks: {of['rss_mb']} MB, a restart in {of['restart_s']} s; of {of['due']} people who did not "
        f"arrive, ten a second, the alert came {of['late_p99_ms']} ms after its time (p99), {of['early']} early, "
        f"{of['lost']} lost"
    )


def weighed(of: Result) -> str:
    pages = (f"{page}: {', '.join(map(str, scores.values()))}" for page, scores in of["pages"].items())
    return f"performance, accessibility, best practices of {'; of '.join(pages)} (the middle of {of['runs']} runs)"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
